/** Crowds that two cores bear at once, with their servers and what watches them. */
export const MOST_AT_ONCE = 9

/** Deals drills out to batches of at most `size`, so that neighbours of the list, which are alike, are apart. */
export function batchesOf<Drill>(drills: readonly Drill[], size = MOST_AT_ONCE): Drill[][] {
  const count = Math.ceil(drills.length / size)
  return Array.from({ length: count }, (_, batch) => drills.filter((_, index) => index % count === batch))
}
