/** A source of numbers in [0, 1). */
export type Random = () => number

/**
 * A repeatable source: equal seeds give equal sequences. Mulberry32 (Tommy Ettinger, public domain);
 * fit for jitter and simulation, not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
