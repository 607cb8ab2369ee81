import type { WebSocket } from 'ws'
import type { MeteredSession } from '#instrument'
import { CLOSE, type CurrentStatusFrame, isTerminal, type ServerFrame, type TaskEvent } from '#protocol'
import { errorFields, outside } from '../log.ts'
import type { TaskSnapshot } from '../store/store.ts'
import type { StreamContext } from './context.ts'
import { startHeartbeat } from './heartbeat.ts'
import { readInbound } from './inbound.ts'
import type { StreamRequest } from './request.ts'
import { oldestKept, planResume } from './resume.ts'

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
  ws: WebSocket,
  session: MeteredSession,
  request: StreamRequest,
) => Promise<void>

/** Serves one accepted socket until its end. Never throws: a failure is logged and closes with 1011. */
export function openStreamSession(
  context: StreamContext,
  ws: WebSocket,
  request: StreamRequest,
  follow: Follow = followTask,
): StreamSession {
  const { log, sessions, clock, settings } = context
  const { taskId } = request
  const metered = context.meter.session(ws)
  const session: StreamSession = {
    drain: () => metered.close(CLOSE.goingAway, 'the server goes away, come back', 'announced_drain'),
    cut: () => metered.terminate('announced_drain'),
  }
  sessions.add(session)
  log.info({ task_id: taskId, total_connections: sessions.size }, 'websocket_connected')

  const fail = (error: unknown) => {
    log.error({ task_id: taskId, connection_state: stateOf(ws), ...errorFields(error) }, 'websocket_error')
    metered.close(CLOSE.internalError, 'the handler failed', 'server_error')
  }
  async function answerStatus(): Promise<void> {
    const task = await context.store.read(taskId)
    if (task && metered.open) send(metered, statusFrame(task))
  }
  const heartbeat = startHeartbeat(ws, clock, settings.heartbeatMs, () => {
    log.warn({ task_id: taskId }, 'websocket_heartbeat_timeout')
    metered.close(CLOSE.heartbeatTimeout, 'no pong in time', 'heartbeat')
    metered.terminate('heartbeat')
  })
  readInbound(ws, metered, {
    now: clock.now,
    onFrame: frame => {
      if (frame.type === 'ping') send(metered, { type: 'pong' })
      else void answerStatus().catch(fail)
    },
    onViolation: (problem, code) => {
      log.warn({ task_id: taskId, close_code: code, reason: problem }, 'websocket_protocol_violation')
    },
  })
  const following = follow(context, ws, metered, request)
  ws.once('close', (code, reason) => {
    heartbeat[Symbol.dispose]()
    sessions.delete(session)
    const fields = { task_id: taskId, close_code: code, reason: outside(reason.toString()) }
    log.info({ ...fields, total_connections: sessions.size }, 'websocket_disconnected')
  })
  following.catch(fail)
  return session
}

/** Greeting, snapshot, history, then live events to the terminal one; joined without a gap or a duplicate. */
export const followTask: Follow = async (context, _ws, session, request) => {
  const { store, settings } = context
  const { taskId } = request
  // Subscribed before the snapshot is read: what is published in between waits here.
  const waiting: TaskEvent[] = []
  let deliver: (event: TaskEvent) => void = event => void waiting.push(event)
  const subscription = store.subscribe(taskId, event => deliver(event))
  session.onClosing(() => {
    subscription[Symbol.dispose]()
    deliver = () => {}
  })

  await pause(context, settings.historyReadMs)
  const task = await store.read(taskId)
  const kept = task ? await store.history(taskId, 0) : []
  // Somebody has ended it while we read: there is nobody to tell, and nothing is wrong.
  if (!session.open) return
  if (!task) throw new Error(`task ${taskId} is gone`)
  const { result, afterSeq } = planResume(request, task, oldestKept(kept, task.seq))

  send(session, {
    type: 'connected',
    task_id: taskId,
    epoch: task.epoch,
    seq: task.seq,
    ...(result ? { resume: result } : {}),
    heartbeat_ms: settings.heartbeatMs,
    reconnect_window_ms: settings.reconnectWindowMs,
  })
  send(session, statusFrame(task))

  let delivered = afterSeq
  deliver = event => {
    if (event.seq <= delivered) return
    delivered = event.seq
    if (send(session, event) === 'sent' && isTerminal(event.type))
      session.close(CLOSE.ended, 'the task has ended')
  }
  for (const event of kept) {
    const replay = event.seq > afterSeq && event.seq <= task.seq
    // Whoever asked for no history still learns how a finished task ended.
    const verdict = isTerminal(event.type) && event.seq === task.seq
    if (replay) deliver(event)
    else if (verdict && result !== 'nothing_missed') {
      delivered = event.seq - 1
      deliver(event)
    } else if (verdict) session.close(CLOSE.ended, 'the task has ended')
  }
  for (const event of waiting) deliver(event)
}

export function statusFrame(task: TaskSnapshot): CurrentStatusFrame {
  return {
    type: 'current_status',
    task_id: task.task_id,
    seq: task.seq,
    status: task.status,
    progress: task.progress,
    ...(task.stage === undefined ? {} : { stage: task.stage }),
  }
}

export function send(session: MeteredSession, frame: ServerFrame): 'sent' | 'closed' {
  return session.send(JSON.stringify(frame), frame.type)
}

/** Simulated latency. */
export function pause({ clock }: Pick<StreamContext, 'clock'>, milliseconds: number): Promise<void> {
  return milliseconds === 0
    ? Promise.resolve()
    : new Promise(resolve => void clock.after(milliseconds, () => resolve()))
}

export function stateOf(ws: WebSocket): string {
  return ['connecting', 'open', 'closing', 'closed'][ws.readyState] ?? 'unknown'
}
