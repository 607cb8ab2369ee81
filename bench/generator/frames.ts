/** What a reader tells of the bytes that arrive. */
export interface FrameHandlers {
  /** A text frame has arrived; its payload is `length` bytes at `start` of the chunk, or −1 when it came in pieces. */
  onText(chunk: Buffer, start: number, length: number): void
  onPing(): void
  /** With its close code: 1005 when there is none in it, or it came in pieces (RFC 6455 section 7.1.5). */
  onClose(code: number): void
}

const TEXT = 1
const CLOSE = 8
const PING = 9
const NO_CODE = 1_005

/**
 * Reads server frames (RFC 6455 section 5: unmasked, not compressed) off a stream of chunks, with no more work than
 * counting them takes: a generator must be cheaper than what it measures.
 */
export class FrameReader {
  #opcode = 0
  /** Bytes of the present payload that are still to come. */
  #missing = 0
  /** A header that was cut by the end of a chunk. */
  #header: number[] = []
  readonly #handlers: FrameHandlers

  constructor(handlers: FrameHandlers) {
    this.#handlers = handlers
  }

  read(chunk: Buffer, from: number, end: number): void {
    let at = from
    if (this.#missing > 0) {
      const taken = Math.min(this.#missing, end - at)
      this.#missing -= taken
      at += taken
      if (this.#missing > 0) return
      this.#finish(chunk, -1, 0)
    }
    while (at < end) {
      // A cut header is completed byte by byte, it happens once in a thousand frames.
      const whole = this.#header.length === 0 && at + 4 <= end
      let length: number
      if (whole) {
        this.#opcode = (chunk[at] ?? 0) & 0x0f
        length = (chunk[at + 1] ?? 0) & 0x7f
        at += 2
        if (length === 126) {
          length = chunk.readUInt16BE(at)
          at += 2
        }
      } else {
        this.#header.push(chunk[at++] ?? 0)
        const [first = 0, second = 0, high = 0, low = 0] = this.#header
        const wanted = (second & 0x7f) === 126 ? 4 : 2
        if (this.#header.length < wanted) continue
        this.#header = []
        this.#opcode = first & 0x0f
        length = wanted === 4 ? high * 256 + low : second & 0x7f
      }
      if (length > end - at) {
        this.#missing = length - (end - at)
        return
      }
      this.#finish(chunk, at, length)
      at += length
    }
  }

  #finish(chunk: Buffer, start: number, length: number): void {
    if (this.#opcode === TEXT) this.#handlers.onText(chunk, start, length)
    else if (this.#opcode === PING) this.#handlers.onPing()
    else if (this.#opcode === CLOSE)
      this.#handlers.onClose(start >= 0 && length >= 2 ? chunk.readUInt16BE(start) : NO_CODE)
  }
}
