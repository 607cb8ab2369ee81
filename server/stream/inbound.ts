import type { RawData, WebSocket } from 'ws'
import type { Clock } from '#core'
import type { MeteredSession } from '#instrument'
import { CLOSE, type ClientFrame, MAX_CLIENT_FRAMES_PER_SECOND } from '#protocol'
import { decodeClientFrame } from '#protocol/decode'

type Violation = 'malformed' | 'unknown' | 'binary' | 'flood' | 'too_big'

export interface InboundHandlers {
  onFrame(frame: ClientFrame): void
  /** The client broke the protocol: it was told, and closed with the code. */
  onViolation(problem: string, code: number): void
}

/** Reads the client's frames. Whatever comes, it ends in a frame of the protocol or in a documented close code. */
export class Inbound {
  readonly #session: MeteredSession
  readonly #clock: Pick<Clock, 'now'>
  readonly #handlers: InboundHandlers
  #windowStart = 0
  #inWindow = 0
  #violated = false

  constructor(session: MeteredSession, clock: Pick<Clock, 'now'>, handlers: InboundHandlers) {
    this.#session = session
    this.#clock = clock
    this.#handlers = handlers
  }

  message(data: RawData, isBinary: boolean) {
    // What a client said before it saw the close is no fault of its own, and there is nobody left to answer.
    if (this.#violated || !this.#session.open) return
    if (this.#isFlood()) return this.#flood()
    if (isBinary) {
      return this.#violation('binary', CLOSE.binaryFrame, 'binary frames are not part of the protocol')
    }
    const decoded = decodeClientFrame(data.toString())
    if (!decoded.ok) {
      const code = decoded.problem === 'unknown' ? CLOSE.unknownFrame : CLOSE.malformedFrame
      return this.#violation(decoded.problem, code, decoded.text)
    }
    this.#session.received(decoded.frame.type)
    this.#handlers.onFrame(decoded.frame)
  }

  /** Answers like any other frame; ws does not by itself. */
  ping(ws: WebSocket, data: Buffer): void {
    if (this.#violated || !this.#session.open) return
    if (this.#isFlood()) this.#flood()
    else ws.pong(data)
  }

  #flood(): void {
    const text = `more than ${MAX_CLIENT_FRAMES_PER_SECOND} frames within a second`
    this.#violation('flood', CLOSE.frameFlood, text)
  }

  /** The socket has failed. ws has begun to close by itself, with these codes. */
  failed(error: Error & { code?: string }): void {
    if (this.#violated || !error.code?.startsWith('WS_ERR_')) return
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
      this.#count('too_big', CLOSE.tooBig, 'the frame is larger than a client may send')
    } else {
      const isText = error.code === 'WS_ERR_INVALID_UTF8'
      this.#count('malformed', isText ? CLOSE.invalidText : CLOSE.protocolError, error.message)
    }
  }

  #count(kind: Violation, code: number, text: string): void {
    this.#violated = true
    this.#session.received(kind)
    this.#handlers.onViolation(text, code)
  }

  /** A frame that is well-formed for WebSocket and none of the protocol. */
  #violation(kind: Violation, code: number, text: string): void {
    this.#count(kind, code, text)
    this.#session.send(JSON.stringify({ type: 'error', code: String(code), text }), 'error')
    this.#session.close(code, text)
  }

  #isFlood(): boolean {
    const now = this.#clock.now()
    if (this.#inWindow === 0 || now - this.#windowStart >= 1_000) {
      this.#windowStart = now
      this.#inWindow = 0
    }
    this.#inWindow += 1
    return this.#inWindow > MAX_CLIENT_FRAMES_PER_SECOND
  }
}
