import type { Clock } from '#core'

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /** Moves by `ms`; what is due on the way is called at its own time. */
  advance(ms: number): void
}

export function manualClock(): ManualClock {
  let now = 0
  const timers = new Set<{ due: number; callback: () => void }>()
  return {
    now: () => now,
    wall: () => now,
    after(ms, callback) {
      const timer = { due: now + ms, callback }
      timers.add(timer)
      return { [Symbol.dispose]: () => void timers.delete(timer) }
    },
    advance(ms) {
      const end = now + ms
      for (;;) {
        const next = [...timers].filter(({ due }) => due <= end).toSorted((a, b) => a.due - b.due)[0]
        if (!next) break
        timers.delete(next)
        now = next.due
        next.callback()
      }
      now = end
    },
  }
}
