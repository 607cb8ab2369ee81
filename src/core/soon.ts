/** What is there already, or will be. Whoever gives it never throws: a failure is a rejected promise. */
export type Soon<T> = T | Promise<T>

/** Goes on at once where the value is there: each promise costs a handshake a microsecond and 200 bytes. */
export function whenThere<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
