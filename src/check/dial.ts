import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { WebSocket } from 'ws'
import { errorText, escapeLine } from '#core'

/** What came of one handshake. Every text in it came from outside: shortened, control characters visible. */
export type Answer =
  | { kind: 'accepted'; session: Session }
  | { kind: 'refused'; status: number; contentType?: string; location?: string; body?: string }
  /** The connection ended, or what came was no handshake. */
  | { kind: 'broken'; text: string }
  /** Nothing came in time. */
  | { kind: 'silent' }

/** What was seen on an accepted connection, until it ended or was left. Times in milliseconds from the open. */
export interface Session {
  /** Types of the frames in their order; a frame that is no JSON object with a `type` by its beginning. */
  frames: readonly string[]
  /** Frames in all: `frames` keeps the first of them. */
  frameCount: number
  /** Type of the last one. */
  lastFrame?: string
  firstFrameMs?: number
  /** The first frame that shows that the stream works, as the caller decides. */
  firstUsefulMs?: number
  pings: number
  /** Time between two pings, from what the first frame says. */
  heartbeatMs?: number
  /** The server's close; absent when we were the ones who left, or nobody did. */
  close?: { code: number; reason: string; afterMs: number }
  /** From our close frame to the end of the connection; absent when we did not close or it did not end. */
  closeAnsweredMs?: number
  /** What went wrong with the bytes. */
  error?: string
}

export interface DialOptions {
  /** Limit of the handshake. */
  answerMs: number
  /** How long an accepted connection is watched; 0 leaves at once. */
  watchMs: number
  /** Sent when it opens. */
  send?: string
  isUseful: (type: string) => boolean
  signal: AbortSignal
}

const FRAMES_KEPT = 12
const TEXT_SHOWN = 120
/** A server that pours more than this into one message is not looked at further. */
const MAX_FRAME_BYTES = 1024 * 1024
/** How long a server may take to answer a close frame. */
const CLOSE_ANSWER_MS = 1_500

/** Text from outside, fit to be shown. */
export function outside(text: string): string {
  return escapeLine(text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text)
}

/** Dials once, watches, and leaves. Never rejects, and leaves no socket behind. */
export function dial(url: string, options: DialOptions): Promise<Answer> {
  const answered = Promise.withResolvers<Answer>()
  const ws = new WebSocket(url, {
    followRedirects: false,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  })
  const finish = (answer: Answer) => {
    clearTimeout(limit)
    options.signal.removeEventListener('abort', abort)
    answered.resolve(answer)
  }
  // Of the whole handshake: a limit of the socket begins anew with each byte.
  const limit = setTimeout(() => {
    finish({ kind: 'silent' })
    ws.terminate()
  }, options.answerMs)
  const abort = () => {
    ws.terminate()
    finish({ kind: 'broken', text: 'the check was interrupted' })
  }
  options.signal.addEventListener('abort', abort, { once: true })
  ws.once('unexpected-response', (request, response) => {
    clearTimeout(limit)
    void refusal(response).then(answer => {
      request.destroy()
      finish(answer)
    })
  })
  ws.once('open', () => {
    clearTimeout(limit)
    ws.removeListener('error', failed)
    void watch(ws, options).then(session => finish({ kind: 'accepted', session }))
  })
  const failed = (error: Error) => finish({ kind: 'broken', text: outside(errorText(error)) })
  ws.on('error', failed)
  if (options.signal.aborted) abort()
  return answered.promise
}

function watch(ws: WebSocket, { watchMs, send, isUseful }: DialOptions): Promise<Session> {
  const openedAt = performance.now()
  const since = () => Math.round(performance.now() - openedAt)
  const frames: string[] = []
  const session: Session = { frames, frameCount: 0, pings: 0 }
  let leftAt: number | undefined
  const over = Promise.withResolvers<Session>()
  const leave = () => {
    leftAt = performance.now()
    ws.close()
    timer = setTimeout(() => {
      ws.terminate()
      over.resolve(session)
    }, CLOSE_ANSWER_MS)
  }
  let timer = setTimeout(leave, watchMs)
  ws.on('message', (data, isBinary) => {
    const frame = isBinary ? { type: '(binary)' } : describeFrame(String(data))
    session.frameCount += 1
    session.firstFrameMs ??= since()
    if (isUseful(frame.type)) session.firstUsefulMs ??= since()
    if (frame.heartbeatMs !== undefined) session.heartbeatMs ??= frame.heartbeatMs
    session.lastFrame = outside(frame.type)
    if (frames.length < FRAMES_KEPT) frames.push(outside(frame.type))
  })
  ws.on('ping', () => {
    session.pings += 1
  })
  ws.on('error', error => {
    session.error = outside(errorText(error))
  })
  ws.once('close', (code, reason) => {
    clearTimeout(timer)
    if (leftAt === undefined) session.close = { code, reason: outside(String(reason)), afterMs: since() }
    else session.closeAnsweredMs = Math.round(performance.now() - leftAt)
    over.resolve(session)
  })
  if (send !== undefined) ws.send(send)
  if (watchMs === 0) {
    clearTimeout(timer)
    leave()
  }
  return over.promise
}

/** The type of a frame of the protocol; the beginning of the text of any other. */
function describeFrame(text: string): { type: string; heartbeatMs?: number } {
  try {
    const frame = JSON.parse(text) as { type?: unknown; heartbeat_ms?: unknown } | null
    if (typeof frame?.type === 'string') {
      return {
        type: frame.type,
        ...(typeof frame.heartbeat_ms === 'number' ? { heartbeatMs: frame.heartbeat_ms } : {}),
      }
    }
  } catch {
    // Then it is shown as it is.
  }
  return { type: `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"` }
}

/** Longest part of a refusal's body that is read. */
const BODY_BYTES = 512
const BODY_MS = 500

async function refusal(response: IncomingMessage): Promise<Answer & { kind: 'refused' }> {
  const { 'content-type': contentType, location } = response.headers
  const isText = /^(application\/json|text\/plain)/.test(contentType ?? '')
  const body = isText ? await beginning(response) : ''
  response.destroy()
  return {
    kind: 'refused',
    status: response.statusCode ?? 0,
    ...(contentType === undefined ? {} : { contentType: outside(contentType) }),
    ...(location === undefined ? {} : { location: outside(location) }),
    ...(body === '' ? {} : { body: outside(body) }),
  }
}

function beginning(response: IncomingMessage): Promise<string> {
  const read = Promise.withResolvers<string>()
  let text = ''
  const finish = () => {
    clearTimeout(timer)
    read.resolve(text.trim())
  }
  const timer = setTimeout(finish, BODY_MS)
  response.on('data', chunk => {
    text += chunk
    if (text.length > BODY_BYTES) finish()
  })
  response.once('close', finish)
  response.once('error', finish)
  response.once('end', finish)
  return read.promise
}

/** A plain GET, as a browser's address bar or a proxy that lost the `Upgrade` header sends it. */
export function plainGet(url: string, answerMs: number, signal: AbortSignal): Promise<Answer> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp
  const answered = Promise.withResolvers<Answer>()
  const call = request(url, { signal, agent: false })
  const limit = setTimeout(() => {
    answered.resolve({ kind: 'silent' })
    call.destroy()
  }, answerMs)
  call.once('close', () => clearTimeout(limit))
  call.once('response', response => {
    clearTimeout(limit)
    void refusal(response).then(answered.resolve)
  })
  call.on('error', error => answered.resolve({ kind: 'broken', text: outside(errorText(error)) }))
  call.end()
  return answered.promise
}
