const METADATA: unique symbol = Symbol.for('pino.metadata') as never
/** pino's levels from here on are written at once. */
const ERROR = 50
/** A line waits no longer, in milliseconds. */
const LATEST_MS = 10
/** What waits is written from so many characters on. */
const MOST = 64 * 1024

/** Those with lines that are not written yet. */
const waiting = new Set<BatchedLines>()
process.on('exit', () => {
  for (const lines of waiting) lines.flush()
})

/**
 * Writes the lines of a few milliseconds together: a system call for each is a tenth of a handshake. An error goes
 * at once with all before it, and what waits when the process ends goes then: the last line before a crash is the
 * one that matters.
 */
export class BatchedLines {
  /** Asks pino for `lastLevel`. */
  readonly [METADATA] = true
  lastLevel = 0
  readonly #destination: NodeJS.WritableStream
  #lines = ''

  constructor(destination: NodeJS.WritableStream) {
    this.#destination = destination
  }

  write(line: string): void {
    if (this.#lines === '') {
      waiting.add(this)
      setTimeout(() => this.flush(), LATEST_MS).unref()
    }
    this.#lines += line
    if (this.lastLevel >= ERROR || this.#lines.length > MOST) this.flush()
  }

  /** pino's own `flush` comes here too. */
  flush(): void {
    waiting.delete(this)
    if (this.#lines === '') return
    const lines = this.#lines
    this.#lines = ''
    this.#destination.write(lines)
  }
}
