/** Time as an argument, so that tests decide it. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean anything. */
  now(): number
  /** Milliseconds since the Unix epoch. */
  wall(): number
  /** Calls once after `ms` milliseconds, unless disposed before. */
  after(ms: number, callback: () => void): Disposable
}

/** The machine's clock. Its timers do not keep a process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    timer.unref?.()
    // Node's timers dispose of themselves: nothing is kept beside one.
    return Symbol.dispose in Object(timer) ? timer : { [Symbol.dispose]: () => clearTimeout(timer) }
  },
}
