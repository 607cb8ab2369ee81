import { quantile } from '#core'
import { tellParent } from '../lib/child.ts'
import { sharedNow } from '../subjects/subject.ts'
import { type Connection, openConnection } from './connection.ts'

/** How the clients of one kind of server talk. */
export interface Dialect {
  greeting: number
  hello?: string
  /** A text frame that begins like this is answered with that. */
  heartbeat?: [string, string]
}

export interface OpenOrder {
  port: number
  paths: readonly string[]
  count: number
  /** Handshakes that are under way at once. */
  concurrency: number
  dialect: Dialect
}

export interface Opened {
  ready: number
  failed: number
  /** From the first connect to each first message, in milliseconds. */
  readyMs: { p50: number; p99: number; max: number }
}

export interface Arrived {
  received: number
  /** Milliseconds from publish to receipt. */
  p50: number
  p99: number
  /** Clients that were lost meanwhile. */
  ended: number
}

/** Nothing more comes when nothing has come for so long, in milliseconds. */
const QUIET_MS = 300

/** Source addresses: 28,000 ports each, and every client looks like one of its own. */
const ADDRESSES = 200
const addressOf = (index: number) => `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`

/** Many clients of one server. */
export class Pool {
  readonly #open = new Set<Connection>()
  readonly #name: string
  #texts = 0
  #collecting = false
  #delays: number[] = []
  #ended = 0
  #credit = { every: 0, total: 0 }
  #creditAt = Number.POSITIVE_INFINITY

  constructor(name: string) {
    this.#name = name
  }

  /** Opens so many more; resolves when each is ready or has failed. */
  open({ port, paths, count, concurrency, dialect }: OpenOrder): Promise<Opened> {
    const readyMs: number[] = []
    let started = 0
    let failed = 0
    const began = performance.now()
    return new Promise(resolve => {
      const done = () => {
        if (readyMs.length + failed < count) return start()
        if (readyMs.length + failed > count) return
        resolve({
          ready: readyMs.length,
          failed,
          readyMs: { p50: quantile(readyMs, 0.5), p99: quantile(readyMs, 0.99), max: Math.max(...readyMs) },
        })
      }
      const start = () => {
        if (started === count) return
        const index = started++
        const path = paths[index % paths.length] ?? ''
        const connection = openConnection({
          port,
          path: path.includes('/ws/') ? `${path}?client_id=bench-${index}` : path,
          localAddress: addressOf(index % ADDRESSES),
          greeting: dialect.greeting,
          ...(dialect.hello === undefined ? {} : { hello: dialect.hello }),
          ...(dialect.heartbeat ? { isHeartbeat: heartbeatOf(dialect.heartbeat) } : {}),
          onReady() {
            readyMs.push(performance.now() - began)
            done()
          },
          onText: (chunk, from, length) => this.#onText(chunk, from, length),
          onEnd: ({ wasReady }) => {
            this.#open.delete(connection)
            if (wasReady) this.#ended += 1
            else {
              failed += 1
              done()
            }
          },
        })
        this.#open.add(connection)
      }
      for (let at = 0; at < Math.min(concurrency, count); at++) start()
    })
  }

  #onText(chunk: Buffer, start: number, length: number): void {
    this.#texts += 1
    if (this.#texts >= this.#creditAt) this.#tell()
    if (!this.#collecting || start < 0) return
    const from = chunk.indexOf(0x40, start) + 1
    if (from > 0 && from < start + length) {
      this.#delays.push(sharedNow() - Number(chunk.toString('latin1', from, from + 16)))
    }
  }

  #tell(): void {
    tellParent({ pool: this.#name, received: this.#texts })
    const { every, total } = this.#credit
    this.#creditAt = this.#texts < total ? Math.min(this.#creditAt + every, total) : Number.POSITIVE_INFINITY
  }

  /** From now on tells of each so many messages that arrive, all receivers together, and of the last. */
  credit(every: number, total: number): void {
    this.#texts = 0
    this.#credit = { every, total }
    this.#creditAt = Math.min(every, total)
  }

  collect(): void {
    this.#collecting = true
    this.#delays = []
    this.#ended = 0
  }

  /** Waits for so many messages since `collect`, as long as some still come. */
  async arrived(messages: number): Promise<Arrived> {
    for (let before = -1; this.#delays.length < messages && this.#delays.length > before; ) {
      before = this.#delays.length
      await new Promise(resolve => setTimeout(resolve, QUIET_MS))
    }
    this.#collecting = false
    const sorted = Float64Array.from(this.#delays).sort()
    const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN) / 1_000
    return { received: sorted.length, p50: at(0.5), p99: at(0.99), ended: this.#ended }
  }

  /** Ends all of them; resolves when they are gone. */
  async end(how: 'close' | 'cut'): Promise<void> {
    for (const connection of this.#open) connection[how]()
    while (this.#open.size > 0) await new Promise(resolve => setTimeout(resolve, 5))
  }
}

function heartbeatOf([ping, pong]: [string, string]) {
  const bytes = Buffer.from(ping)
  return (chunk: Buffer, start: number) =>
    chunk.compare(bytes, 0, bytes.length, start, start + bytes.length) === 0 ? pong : undefined
}
