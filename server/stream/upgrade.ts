import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import { PetrelError } from '#core'
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
import { mayFollow } from '../security/may-follow.ts'
import type { StreamContext } from './context.ts'
import { readStreamRequest, type StreamRequest } from './request.ts'
import { isServed, isStreamPath } from './routes.ts'
import { openStreamSession } from './stream-session.ts'

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
  async function refusalOnLooking(
    request: IncomingMessage,
    stream: StreamRequest,
  ): Promise<Refused | undefined> {
    const token = await checkToken?.(request)
    if (token && !token.ok) return unauthenticated(token)
    const task = await reader.read(stream.taskId)
    if (!task) return TASK_UNKNOWN
    if (!mayFollow(token?.identity, task)) return FORBIDDEN
    stream.expiresAt = token?.identity.expiresAt
    return undefined
  }

  async function answer(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    client: Client,
  ): Promise<void> {
    const atSight = refusalAtSight(request) ?? admission.enter(client, socket)
    if (atSight) return refuse(request, socket, head, atSight)
    const stream = readStreamRequest(request.url ?? '')
    const refused = await refusalOnLooking(request, stream)
    if (refused) {
      admission.failed(client)
      return refuse(request, socket, head, refused, { task_id: outside(stream.taskId) })
    }
    // The client may have left while we looked.
    if (socket.destroyed) return
    // The 101 and the greeting leave in one write, unless the greeting takes longer than this turn of the loop.
    socket.cork()
    setImmediate(uncork, socket)
    wss.handleUpgrade(request, socket, head, ws => openStreamSession(context, ws, stream))
  }

  // Otherwise ws answers by itself, and nobody logs it. Its texts are its own, nothing of them is the peer's.
  wss.on('wsClientError', (error, socket, request) => {
    refuse(request, socket, Buffer.alloc(0), badUpgrade(error.message))
  })

  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', destroyItself)
    const client = meter.clientOf(socket) ?? { key: '', path: '' }
    answer(request, socket, head, client).catch(error => {
      if (error instanceof PetrelError && error.code === 'broker_down') {
        return refuse(request, socket, head, STORE_AWAY)
      }
      const where = { path: outside(pathOf(request.url)), ...meter.traceIds(request) }
      log.error({ ...where, ...errorFields(error) }, 'websocket_upgrade_error')
      refuse(request, socket, head, FAILED)
    })
  }
}
