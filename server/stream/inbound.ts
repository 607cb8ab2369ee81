import type { RawData, WebSocket } from 'ws'
import type { MeteredSession } from '#instrument'
import { CLOSE, type ClientFrame, MAX_CLIENT_FRAMES_PER_SECOND } from '#protocol'
import { decodeClientFrame } from '#protocol/decode'

type Violation = 'malformed' | 'unknown' | 'binary' | 'flood' | 'too_big'

export interface InboundHandlers {
  onFrame: (frame: ClientFrame) => void
  /** The client broke the protocol: it was told, and closed with the code. */
  onViolation: (problem: string, code: number) => void
  now: () => number
}

/** Reads the client's frames. Whatever comes, it ends in a frame of the protocol or in a documented close code. */
export function readInbound(ws: WebSocket, session: MeteredSession, handlers: InboundHandlers): void {
  let windowStart = handlers.now()
  let inWindow = 0
  let violated = false

  function count(kind: Violation, code: number, text: string): void {
    violated = true
    session.received(kind)
    handlers.onViolation(text, code)
  }

  /** A frame that is well-formed for WebSocket and none of the protocol. */
  function violation(kind: Violation, code: number, text: string): void {
    count(kind, code, text)
    session.send(JSON.stringify({ type: 'error', code: String(code), text }), 'error')
    session.close(code, text)
  }

  function isFlood(): boolean {
    const now = handlers.now()
    if (now - windowStart >= 1_000) {
      windowStart = now
      inWindow = 0
    }
    inWindow += 1
    return inWindow > MAX_CLIENT_FRAMES_PER_SECOND
  }

  function flood(): void {
    const text = `more than ${MAX_CLIENT_FRAMES_PER_SECOND} frames within a second`
    violation('flood', CLOSE.frameFlood, text)
  }

  ws.on('ping', data => {
    if (violated || !session.open) return
    if (isFlood()) flood()
    else ws.pong(data)
  })
  ws.on('message', (data: RawData, isBinary: boolean) => {
    if (violated) return
    if (isFlood()) return flood()
    if (isBinary) return violation('binary', CLOSE.binaryFrame, 'binary frames are not part of the protocol')
    const decoded = decodeClientFrame(data.toString())
    if (!decoded.ok) {
      const code = decoded.problem === 'unknown' ? CLOSE.unknownFrame : CLOSE.malformedFrame
      return violation(decoded.problem, code, decoded.text)
    }
    session.received(decoded.frame.type)
    handlers.onFrame(decoded.frame)
  })
  ws.on('error', (error: Error & { code?: string }) => {
    if (violated || !error.code?.startsWith('WS_ERR_')) return
    // ws has begun to close by itself, with these codes.
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
      count('too_big', CLOSE.tooBig, 'the frame is larger than a client may send')
    } else {
      const isText = error.code === 'WS_ERR_INVALID_UTF8'
      count('malformed', isText ? CLOSE.invalidText : CLOSE.protocolError, error.message)
    }
  })
}
