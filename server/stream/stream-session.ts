import type { WebSocket } from 'ws'
import { PetrelError } from '#core'
import { METRICS, type MeteredSession } from '#instrument'
import { CLOSE } from '#protocol'
import { errorFields, outside } from '../log.ts'
import type { StreamContext } from './context.ts'
import { followTask, send, statusFrame } from './follow-task.ts'
import { startHeartbeat } from './heartbeat.ts'
import { readInbound } from './inbound.ts'
import type { StreamRequest } from './request.ts'

/** One client on the stream of one task. */
export interface StreamSession {
  /** Tells the client that the server goes away. */
  drain(): void
  /** Cuts what is left. */
  cut(): void
}

/** Sends a client all that it is due, from the greeting to the terminal event. */
export type Follow = (
  context: StreamContext,
  session: MeteredSession,
  request: StreamRequest,
  ws: WebSocket,
) => Promise<void>

/** How far a connection's greatest age may lie from the setting, as a share of it: they do not all go at once. */
const AGE_JITTER = 0.1

/** What a timer of Node's can wait at most, 24 days; whoever stays longer comes back once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Serves one accepted socket until its end. Never throws: a failure is logged and closes with 1011. */
export function openStreamSession(
  context: StreamContext,
  ws: WebSocket,
  request: StreamRequest,
): StreamSession {
  const { log, sessions, clock, random, settings, meter, faults } = context
  const { instruments } = meter
  const { taskId } = request
  const metered = meter.session(ws)
  const session: StreamSession = {
    drain: () => metered.close(CLOSE.goingAway, 'the server goes away, come back', 'announced_drain'),
    cut: () => metered.terminate('announced_drain'),
  }
  sessions.add(session)
  const ids = { task_id: taskId, ...metered.traceIds }
  log.info({ ...ids, total_connections: sessions.size }, 'websocket_connected')

  const fail = (error: unknown) => {
    if (!metered.open) return
    if (error instanceof PetrelError && error.code === 'broker_down') {
      log.warn({ ...ids, ...errorFields(error) }, 'websocket_store_away')
      return metered.close(CLOSE.tryAgainLater, 'the store of the tasks is away, come back', 'server_error')
    }
    log.error({ ...ids, connection_state: stateOf(ws), ...errorFields(error) }, 'websocket_error')
    metered.close(CLOSE.internalError, 'the handler failed', 'server_error')
  }
  async function answerStatus(): Promise<void> {
    try {
      const task = await context.store.read(taskId)
      if (task && metered.open) send(metered, statusFrame(task))
    } catch (error) {
      if (!(error instanceof PetrelError && error.code === 'broker_down')) throw error
      // The stream goes on when the store is back: an unanswered question is no reason to end it.
      const text = 'the store of the tasks is away'
      if (metered.open) send(metered, { type: 'error', code: 'broker_down', text })
    }
  }

  const heartbeat = faults.at('heartbeat', startHeartbeat)(
    ws,
    { clock, random, intervalMs: settings.heartbeatMs },
    {
      onPong: ms => instruments.observe(METRICS.wsHeartbeatRttSeconds, {}, ms / 1_000),
      onTimeout() {
        instruments.add(METRICS.wsHeartbeatTimeoutsTotal, {})
        log.warn({ ...ids, reason: 'no pong in time' }, 'websocket_heartbeat_timeout')
        metered.close(CLOSE.heartbeatTimeout, 'no pong in time', 'heartbeat')
        metered.terminate('heartbeat')
      },
    },
  )
  const age =
    settings.maxAgeMs > 0
      ? clock.after(settings.maxAgeMs * (1 + AGE_JITTER * (2 * random() - 1)), session.drain)
      : undefined
  const expiry =
    request.expiresAt === undefined
      ? undefined
      : clock.after(Math.min(request.expiresAt - clock.wall(), MAX_TIMER_MS), () => {
          log.info({ task_id: taskId }, 'websocket_token_expired')
          metered.close(CLOSE.tokenExpired, 'the token has expired', 'announced_drain')
        })
  readInbound(ws, metered, {
    now: clock.now,
    onFrame: frame => {
      if (frame.type === 'ping') send(metered, { type: 'pong' })
      else void answerStatus().catch(fail)
    },
    onViolation: (problem, code) => {
      log.warn({ ...ids, close_code: code, reason: problem }, 'websocket_protocol_violation')
    },
  })
  ws.once('close', (code, reason) => {
    heartbeat[Symbol.dispose]()
    age?.[Symbol.dispose]()
    expiry?.[Symbol.dispose]()
    sessions.delete(session)
    const fields = { ...ids, close_code: code, reason: outside(reason.toString()) }
    log.info({ ...fields, total_connections: sessions.size }, 'websocket_disconnected')
  })
  faults.at('follow', followTask)(context, metered, request, ws).catch(fail)
  return session
}

export function stateOf(ws: WebSocket): string {
  return ['connecting', 'open', 'closing', 'closed'][ws.readyState] ?? 'unknown'
}
