/** Waits for a promise at most so many milliseconds, then throws what `late` makes. Leaves no timer behind. */
export function withTimeout<T>(promise: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
