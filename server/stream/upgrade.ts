import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import { PetrelError } from '#core'
import { fits, type HandshakeReason, pathOf } from '#instrument'
import { CLOSE, STREAM_PATH, UNPREFIXED_STREAM_PATH } from '#protocol'
import { sendInCatch } from '../faults/send-in-catch.ts'
import { unprefixedRoute } from '../faults/unprefixed-route.ts'
import { errorFields, outside } from '../log.ts'
import type { StreamContext } from './context.ts'
import { followTask } from './follow-task.ts'
import { followAsTheIncidentDid } from './incident-session.ts'
import { isAllowedOrigin } from './origin.ts'
import { readStreamRequest } from './request.ts'
import { openStreamSession } from './stream-session.ts'

/** Answers upgrade requests: the right path becomes a session, everything else a refusal with its reason. */
export function upgradeHandler(context: StreamContext, wss: WebSocketServer) {
  const { meter, log, faults, store } = context

  function refuse(
    request: IncomingMessage,
    socket: Duplex,
    status: number,
    reason: HandshakeReason,
    why: string,
  ) {
    const ids = meter.traceIds(request)
    log.warn({ path: outside(pathOf(request.url)), status, reason, ...ids }, 'websocket_refused')
    meter.refuse(request, socket, {
      status,
      reason,
      body: `${JSON.stringify({ error: reason, text: why })}\n`,
      headers: {
        'Content-Type': 'application/json',
        ...(status === 426 ? { Upgrade: 'websocket' } : {}),
        ...(status === 503 ? { 'Retry-After': '1' } : {}),
      },
    })
  }

  async function answer(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const path = pathOf(request.url)
    const served =
      fits(path, STREAM_PATH) || (fits(path, UNPREFIXED_STREAM_PATH) && (await faults.isOn(unprefixedRoute)))
    if (!served) return refuse(request, socket, 404, 'wrong_path', `streams are at ${STREAM_PATH}`)
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      return refuse(request, socket, 426, 'not_websocket', 'only WebSocket upgrades are served here')
    }
    if (context.draining()) return refuse(request, socket, 503, 'draining', 'the server goes away, come back')
    if (!isAllowedOrigin(request, context.settings.allowedOrigins)) {
      return refuse(request, socket, 403, 'origin', 'this origin may not connect')
    }
    const stream = readStreamRequest(request.url ?? '')
    if (!(await store.read(stream.taskId))) {
      const ids = { task_id: outside(stream.taskId), ...meter.traceIds(request) }
      log.warn({ ...ids, reason: 'task_unknown' }, 'websocket_refused')
      const text = 'there is no such task'
      const frame = JSON.stringify({ type: 'error', code: String(CLOSE.taskUnknown), text })
      return meter.refuseReadably(request, socket, head, {
        code: CLOSE.taskUnknown,
        reason: 'task_unknown',
        frame,
      })
    }
    const follow = (await faults.isOn(sendInCatch)) ? followAsTheIncidentDid : followTask
    // The client may have left while we looked.
    if (socket.destroyed) return
    wss.handleUpgrade(request, socket, head, ws => void openStreamSession(context, ws, stream, follow))
  }

  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    answer(request, socket, head).catch(error => {
      if (error instanceof PetrelError && error.code === 'broker_down') {
        return refuse(request, socket, 503, 'error', 'the store of the tasks is away, come back')
      }
      const where = { path: outside(pathOf(request.url)), ...meter.traceIds(request) }
      log.error({ ...where, ...errorFields(error) }, 'websocket_upgrade_error')
      meter.refuse(request, socket, { status: 500, reason: 'error' })
    })
  }
}
