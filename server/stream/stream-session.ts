import type { RawData } from 'ws'
import { PetrelError, type Soon } from '#core'
import { METRICS, type MeteredSession, type SessionListener } from '#instrument'
import { CLOSE, type ClientFrame } from '#protocol'
import { errorFields, outside } from '../log.ts'
import type { StreamContext } from './context.ts'
import { followTask, send } from './follow-task.ts'
import { statusFrame } from './greeting.ts'
import { type HeartbeatHandlers, startHeartbeat } from './heartbeat.ts'
import { Inbound, type InboundHandlers } from './inbound.ts'
import type { StreamRequest } from './request.ts'
import type { FrameHandlers, StreamSocket } from './stream-socket.ts'

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
  ws: StreamSocket,
) => Soon<void>

/** How far a connection's greatest age may lie from the setting, as a share of it: they do not all go at once. */
const AGE_JITTER = 0.1

/** What a timer of Node's can wait at most, 24 days; whoever stays longer comes back once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Serves one accepted socket until its end. Never throws: a failure is logged and closes with 1011. */
export function openStreamSession(context: StreamContext, ws: StreamSocket, request: StreamRequest): void {
  new Stream(context, ws, request).open(request)
}

/** A class, since ten thousand connections have one each: methods are shared, closures are not. */
class Stream implements StreamSession, SessionListener, FrameHandlers, HeartbeatHandlers, InboundHandlers {
  readonly #context: StreamContext
  readonly #ws: StreamSocket
  readonly #metered: MeteredSession
  readonly #taskId: string
  readonly #heartbeat: Disposable
  /** Greatest age and the token's expiry, where there are any. */
  readonly #limits: readonly Disposable[]
  /** Made when the client says something; most never do. */
  #inbound: Inbound | undefined
  /** While it is under way; what the client asks meanwhile is answered behind it. */
  #greeting: Promise<void> | undefined

  constructor(context: StreamContext, ws: StreamSocket, request: StreamRequest) {
    const { meter, faults, heartbeats } = context
    this.#context = context
    this.#ws = ws
    this.#taskId = request.taskId
    this.#metered = meter.session(ws)
    this.#heartbeat = faults.at('heartbeat', startHeartbeat)(ws, heartbeats, this)
    this.#limits = this.#startLimits(request)
    ws.frames = this
    this.#metered.listen(this)
  }

  open(request: StreamRequest): void {
    const { log, sessions, faults } = this.#context
    sessions.add(this)
    log.info({ ...this.#ids, total_connections: sessions.size }, 'websocket_connected')
    const follow = faults.at('follow', followTask)
    try {
      const following = follow(this.#context, this.#metered, request, this.#ws)
      if (!following) return
      this.#greeting = following
        .catch(error => this.#fail(error))
        .finally(() => {
          this.#greeting = undefined
        })
    } catch (error) {
      this.#fail(error)
    }
  }

  get #ids() {
    return { task_id: this.#taskId, ...this.#metered.traceIds }
  }

  #startLimits({ expiresAt }: StreamRequest): readonly Disposable[] {
    const { clock, random, settings, log } = this.#context
    const limits: Disposable[] = []
    if (settings.maxAgeMs > 0) {
      const age = settings.maxAgeMs * (1 + AGE_JITTER * (2 * random() - 1))
      limits.push(clock.after(age, () => this.drain()))
    }
    if (expiresAt !== undefined) {
      const left = Math.min(expiresAt - clock.wall(), MAX_TIMER_MS)
      const expire = () => {
        log.info({ task_id: this.#taskId }, 'websocket_token_expired')
        this.#metered.close(CLOSE.tokenExpired, 'the token has expired', 'announced_drain')
      }
      limits.push(clock.after(left, expire))
    }
    return limits.length > 0 ? limits : NONE
  }

  drain(): void {
    this.#metered.close(CLOSE.goingAway, 'the server goes away, come back', 'announced_drain')
  }

  cut(): void {
    this.#metered.terminate('announced_drain')
  }

  get #reader(): Inbound {
    this.#inbound ??= new Inbound(this.#metered, this.#context.clock, this)
    return this.#inbound
  }

  onMessage(data: RawData, isBinary: boolean): void {
    this.#reader.message(data, isBinary)
  }

  onPing(data: Buffer): void {
    this.#reader.ping(this.#ws, data)
  }

  onFailed(error: Error & { code?: string }): void {
    this.#reader.failed(error)
  }

  onPong(ms: number): void {
    this.#context.meter.instruments.observe(METRICS.wsHeartbeatRttSeconds, {}, ms / 1_000)
  }

  onTimeout(): void {
    // Whoever does not take its close is cut soon, for the reason it is closed for.
    if (!this.#metered.open) return
    const { meter, log } = this.#context
    meter.instruments.add(METRICS.wsHeartbeatTimeoutsTotal, {})
    log.warn({ ...this.#ids, reason: 'no pong in time' }, 'websocket_heartbeat_timeout')
    this.#metered.close(CLOSE.heartbeatTimeout, 'no pong in time', 'heartbeat')
    this.#metered.terminate('heartbeat')
  }

  onFrame(frame: ClientFrame): void {
    if (this.#greeting) void this.#greeting.then(() => this.#answer(frame))
    else this.#answer(frame)
  }

  #answer(frame: ClientFrame): void {
    if (!this.#metered.open) return
    if (frame.type === 'ping') send(this.#metered, { type: 'pong' })
    else void this.#answerStatus().catch(error => this.#fail(error))
  }

  onViolation(problem: string, code: number): void {
    const { log } = this.#context
    log.warn({ ...this.#ids, close_code: code, reason: problem }, 'websocket_protocol_violation')
  }

  onClosed(code: number, reason: Buffer): void {
    const { log, sessions, admission } = this.#context
    admission.left()
    this.#heartbeat[Symbol.dispose]()
    for (const limit of this.#limits) limit[Symbol.dispose]()
    sessions.delete(this)
    const fields = { ...this.#ids, close_code: code, reason: outside(reason.toString()) }
    log.info({ ...fields, total_connections: sessions.size }, 'websocket_disconnected')
  }

  async #answerStatus(): Promise<void> {
    const metered = this.#metered
    try {
      const task = await this.#context.store.read(this.#taskId)
      if (task && metered.open) send(metered, statusFrame(task))
    } catch (error) {
      if (!isStoreAway(error)) throw error
      // The stream goes on when the store is back: an unanswered question is no reason to end it.
      const text = 'the store of the tasks is away'
      if (metered.open) send(metered, { type: 'error', code: 'broker_down', text })
    }
  }

  #fail(error: unknown): void {
    const { log } = this.#context
    const metered = this.#metered
    if (!metered.open) return
    if (isStoreAway(error)) {
      log.warn({ ...this.#ids, ...errorFields(error) }, 'websocket_store_away')
      metered.close(CLOSE.tryAgainLater, 'the store of the tasks is away, come back', 'server_error')
      return
    }
    const connection_state = stateOf(this.#ws)
    log.error({ ...this.#ids, connection_state, ...errorFields(error) }, 'websocket_error')
    metered.close(CLOSE.internalError, 'the handler failed', 'server_error')
  }
}

const NONE: readonly Disposable[] = []

const isStoreAway = (error: unknown): boolean => error instanceof PetrelError && error.code === 'broker_down'

export function stateOf(ws: StreamSocket): string {
  return ['connecting', 'open', 'closing', 'closed'][ws.readyState] ?? 'unknown'
}
