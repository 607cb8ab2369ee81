import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import { PetrelError, type Soon, whenThere } from '#core'
import { type Client, nearMiss, pathOf } from '#instrument'
import { STREAM_PATH } from '#protocol'
import {
  badUpgrade,
  DRAINING,
  FAILED,
  FORBIDDEN,
  NOT_WEBSOCKET,
  ORIGIN,
  type Refused,
  STORE_AWAY,
  TASK_UNKNOWN,
  unauthenticated,
  wrongPath,
} from '../admission/refusals.ts'
import { refuser } from '../admission/refuse.ts'
import { errorFields, outside } from '../log.ts'
import { mayFollow } from '../security/rights.ts'
import type { StreamContext } from './context.ts'
import { readStreamRequest, type StreamRequest } from './request.ts'
import { isServed, isStreamPath } from './routes.ts'
import { openStreamSession } from './stream-session.ts'
import type { StreamSocket } from './stream-socket.ts'

/** Not a closure: it would keep the request for as long as the socket lives. */
function destroyItself(this: Duplex): void {
  this.destroy()
}

const uncork = (socket: Duplex) => socket.uncork()

/** Answers upgrade requests: the right path becomes a session, everything else a refusal with its reason. */
export function upgradeHandler(context: StreamContext, wss: WebSocketServer) {
  const { meter, log, faults, reader, admission, isAllowedOrigin, checkToken, clock } = context
  const refuse = refuser(meter, context.refusals, clock)

  /** What is cheap to see, before anything else is asked: the first line of defence in a flood. */
  function refusalAtSight(request: IncomingMessage): Refused | undefined {
    const path = pathOf(request.url)
    const served = isStreamPath(path, faults.at('serves', isServed))
    // A page of another site shall learn nothing, not even that its path is wrong.
    if (!isAllowedOrigin(request)) return served ? ORIGIN : wrongPath('other')
    if (!served) return wrongPath(nearMiss(path, [STREAM_PATH]))
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return NOT_WEBSOCKET
    return context.draining() ? DRAINING : undefined
  }

  /** What only the token and the store can tell: the client's own failures. */
  function refusalOnLooking(request: IncomingMessage, stream: StreamRequest): Soon<Refused | undefined> {
    return whenThere(checkToken?.(request), token => {
      if (token && !token.ok) return unauthenticated(token)
      return whenThere(reader.read(stream.taskId), task => {
        if (!task) return TASK_UNKNOWN
        if (!mayFollow(token?.identity, task)) return FORBIDDEN
        stream.expiresAt = token?.identity.expiresAt
        // The same text, but one for all its clients; the other is a piece of the URL, and keeps all of it.
        stream.taskId = task.task_id
        return undefined
      })
    })
  }

  /** Within this turn of the loop, where neither a token nor a store has to be waited for. */
  function answer(request: IncomingMessage, socket: Duplex, head: Buffer, client: Client): Soon<void> {
    const atSight = refusalAtSight(request) ?? admission.enter(client)
    if (atSight) return refuse(request, socket, head, atSight)
    const stream = readStreamRequest(request.url ?? '')
    return whenThere(lookedAt(request, socket, stream), refused => {
      if (refused) {
        leaveWhenGone(socket)
        admission.failed(client)
        return refuse(request, socket, head, refused, { task_id: outside(stream.taskId) })
      }
      // While we looked the client may have left, or the drain have begun, which would not know of a session more.
      if (!socket.destroyed && !context.draining()) return accept(request, socket, head, stream)
      leaveWhenGone(socket)
      if (!socket.destroyed) refuse(request, socket, head, DRAINING)
    })
  }

  /** The same as `refusalOnLooking`; whoever it fails for leaves too. */
  function lookedAt(request: IncomingMessage, socket: Duplex, stream: StreamRequest) {
    const looked = refusalOnLooking(request, stream)
    if (looked instanceof Promise) looked.catch(() => leaveWhenGone(socket))
    return looked
  }

  function accept(request: IncomingMessage, socket: Duplex, head: Buffer, stream: StreamRequest): void {
    // ws listens for errors itself from here on.
    socket.off('error', destroyItself)
    let isOpen = false
    // The 101 and the greeting leave in one write, unless the greeting takes longer than this turn of the loop.
    socket.cork()
    setImmediate(uncork, socket)
    try {
      wss.handleUpgrade(request, socket, head, ws => {
        openStreamSession(context, ws as StreamSocket, stream)
        isOpen = true
      })
    } finally {
      if (!isOpen) {
        socket.on('error', destroyItself)
        leaveWhenGone(socket)
      }
    }
  }

  /** Of one that was let in and has no session, which would tell. */
  function leaveWhenGone(socket: Duplex): void {
    if (socket.closed) admission.left()
    else socket.once('close', admission.left)
  }

  // Otherwise ws answers by itself, and nobody logs it. Its texts are its own, nothing of them is the peer's.
  wss.on('wsClientError', (error, socket, request) => {
    refuse(request, socket, Buffer.alloc(0), badUpgrade(error.message))
  })

  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', destroyItself)
    const client = meter.clientOf(socket) ?? { key: '', path: '' }
    const fail = (error: unknown) => {
      if (error instanceof PetrelError && error.code === 'broker_down') {
        return refuse(request, socket, head, STORE_AWAY)
      }
      const where = { path: outside(pathOf(request.url)), ...meter.traceIds(request) }
      log.error({ ...where, ...errorFields(error) }, 'websocket_upgrade_error')
      refuse(request, socket, head, FAILED)
    }
    try {
      const answered = answer(request, socket, head, client)
      if (answered) answered.catch(fail)
    } catch (error) {
      fail(error)
    }
  }
}
