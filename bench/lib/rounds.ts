/** The order of rounds: A B B A A B …, so that what drifts meets both sides alike. */
export function* interleaved<T>(subjects: readonly T[], rounds: number): Generator<readonly T[]> {
  for (let round = 0; round < rounds; round++) yield round % 2 === 0 ? subjects : subjects.toReversed()
}
