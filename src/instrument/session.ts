import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import {
  type CloseCause,
  type EndedBy,
  FIRST_MESSAGE_MS,
  LIVED_MS,
  METRICS,
  type ReceivedType,
  SEND_TYPES,
  type SendType,
} from '#catalog'
import { type Clock, remembered } from '#core'
import { closeCodeClass, isTerminal, isUseful } from '#protocol'
import type { Client } from './clients.ts'
import type { Instruments, Tally } from './instruments.ts'
import {
  type DecisionListener,
  type Interruption,
  SessionDecision,
  type SessionEnd,
  type SessionVerdict,
} from './session-verdict.ts'
import type { SharedFrame } from './shared-frame.ts'
import type { ConnectionTrace, TraceIds } from './trace.ts'

/** Why the server closes; `normal` after a terminal event, and whenever nothing below fits. */
export type ServerCloseReason = 'normal' | 'announced_drain' | 'server_error' | 'heartbeat' | 'slow_consumer'

/** One accepted socket, measured. */
export interface MeteredSession {
  /** False from the moment that its end has begun, by whomever. */
  readonly open: boolean
  /** Ids of the trace of its handshake, for its log lines; undefined without a tracer. */
  readonly traceIds: TraceIds | undefined
  /** Calls once, at that moment: the place to unsubscribe, so that nothing is sent into a closed socket. */
  onClosing(callback: () => void): void
  /**
   * The only way to send. `closed` means that the frame is lost and that no further one can arrive: a caller
   * that goes on sending is counted as a bug (`repeat="again"`).
   */
  send(data: string | Buffer, type: string): 'sent' | 'closed'
  /**
   * Sends frames that others get too, in one write past ws's own sender; without compression alone. Same answer
   * and same counts as `send`.
   */
  sendShared(frames: readonly SharedFrame[], merged: Buffer): 'sent' | 'closed'
  /** Bytes that were sent and are still in this process. */
  readonly buffered: number
  /** Calls each time that the buffer has run empty after it was full. */
  onDrain(callback: () => void): void
  /** Counts a frame of the client, by its type or by what is wrong with it. */
  received(type: ReceivedType): void
  /** Closes with a code of the protocol; a second call does nothing. */
  close(code: number, text?: string, reason?: ServerCloseReason): void
  /** Cuts the connection without a close frame. */
  terminate(reason?: ServerCloseReason): void
}

export interface SessionHooks {
  /** Frames that prove the stream works. Default: the protocol's. */
  isUseful: (type: string) => boolean
  isTerminal: (type: string) => boolean
}

export const PROTOCOL_HOOKS: SessionHooks = { isUseful, isTerminal }

/** Counters of the hot path, resolved once for all sessions. */
export interface SendTallies {
  of: Readonly<Record<SendType, Tally>>
  /** Counts frames that go to many, for one of them. */
  add(frames: readonly SharedFrame[]): void
  /** True when one of them is the last of its task. */
  isTerminal(frames: readonly SharedFrame[]): boolean
}

export function sendTallies(instruments: Instruments, hooks: SessionHooks): SendTallies {
  const of = Object.fromEntries(
    SEND_TYPES.map(type => [type, instruments.tally(METRICS.wsSendsTotal, { type, outcome: 'ok' })]),
  ) as unknown as SendTallies['of']
  const amounts = remembered((frames: readonly SharedFrame[]) => {
    const byType = Map.groupBy(frames, ({ type }) => sendType(type))
    return [...byType].map(([type, { length }]) => ({ tally: of[type], amount: length }))
  })
  return {
    of,
    add(frames) {
      for (const { tally, amount } of amounts(frames)) tally.add(amount)
    },
    isTerminal: remembered((frames: readonly SharedFrame[]) =>
      frames.some(({ type }) => hooks.isTerminal(type)),
    ),
  }
}

const sendType = (name: string): SendType =>
  (SEND_TYPES as readonly string[]).includes(name) ? (name as SendType) : 'other'

/** Told of sessions by their measurement; one for all of them, since an idle connection must cost little. */
export interface SessionObserver {
  decided(client: Client, verdict: SessionVerdict): void
  ended(client: Client): void
}

/** What all sessions of a server share. */
export interface SessionTools {
  instruments: Instruments
  tallies: SendTallies
  hooks: SessionHooks
  clock: Clock
  observer: SessionObserver
}

/** Where a socket keeps its session: listeners then need no closure each. */
const SESSION = Symbol('petrel.session')
type Metered<T> = T & { [SESSION]?: Session | undefined }
type Internals = Metered<WebSocket> & {
  _closeFrameReceived?: boolean
  _receiver?: { errored: Error | null }
  _socket?: Metered<Socket>
}

/** The session that a socket has already. */
export const sessionOf = (ws: WebSocket): MeteredSession | undefined => (ws as Internals)[SESSION]

/** Measures one accepted socket from now, the moment of its 101, to its end. */
export const meterSession = (
  ws: WebSocket,
  tools: SessionTools,
  client: Client | undefined,
  trace: ConnectionTrace | undefined,
): MeteredSession => new Session(ws, tools, client, trace)

/** A class, since ten thousand connections have one each: methods are shared, closures are not. */
class Session implements MeteredSession, DecisionListener {
  // First what a fan-out reads of each of its receivers: side by side it is one wait for memory, not three.
  readonly #socket: Socket | undefined
  readonly #tools: SessionTools
  #cause: CloseCause | undefined
  #framesSent = 0
  #firstMessageSent = false
  readonly #ws: Internals
  readonly #client: Client | undefined
  readonly #trace: ConnectionTrace | undefined
  readonly #began: number
  readonly #decision: SessionDecision
  #onClosing: readonly (() => void)[] = []
  #timer: Disposable | undefined
  #verdict: SessionVerdict | undefined
  #framesReceived = 0
  #closeReason: ServerCloseReason = 'normal'
  #closingSince = 0
  #callerKnows = false
  #finished = false

  constructor(
    ws: WebSocket,
    tools: SessionTools,
    client: Client | undefined,
    trace: ConnectionTrace | undefined,
  ) {
    const { instruments, clock } = tools
    this.#client = client
    this.#ws = ws
    this.#socket = socketOf(ws)
    this.#tools = tools
    this.#trace = trace
    this.#began = clock.now()
    this.#decision = new SessionDecision(this)
    // One timer at a time, and none in a session that is decided.
    this.#timer = clock.after(FIRST_MESSAGE_MS, () => {
      this.#timer = clock.after(LIVED_MS - FIRST_MESSAGE_MS, () => {
        this.#timer = undefined
        // A timer of Node may fire a part of a millisecond before its time, and there is no later one.
        this.#decision.reached(Math.max(LIVED_MS, this.#age()))
      })
      this.#decision.reached(Math.max(FIRST_MESSAGE_MS, this.#age()))
    })
    instruments.add(METRICS.wsConnections, { state: 'open' })
    watchClosing(this.#ws, this)
  }

  #age(): number {
    return this.#tools.clock.now() - this.#began
  }

  onVerdict(verdict: SessionVerdict): void {
    const { instruments, observer } = this.#tools
    this.#verdict = verdict
    instruments.add(METRICS.wsSessionsTotal, verdict)
    if (this.#client) observer.decided(this.#client, verdict)
  }

  onInterruption(reason: Interruption): void {
    this.#tools.instruments.add(METRICS.wsSessionInterruptionsTotal, { reason })
  }

  /** The end of the socket has begun; the first cause counts. */
  closing(because: CloseCause): void {
    if (this.#cause) return
    const { instruments, clock } = this.#tools
    this.#cause = because
    this.#closingSince = clock.now()
    if (this.#finished) instruments.add(METRICS.wsFinishedConnections, {}, -1)
    instruments.add(METRICS.wsConnections, { state: 'open' }, -1)
    instruments.add(METRICS.wsConnections, { state: 'closing' })
    for (const callback of this.#onClosing) callback()
  }

  /** The peer has sent its FIN. */
  ended(): void {
    if (!this.#ws._closeFrameReceived) this.closing('fin')
  }

  /** The socket is gone. */
  closed(code: number): void {
    this.closing('error')
    const { instruments, clock } = this.#tools
    const exemplar = this.#trace?.exemplar
    this.#timer?.[Symbol.dispose]()
    instruments.add(METRICS.wsConnections, { state: 'closing' }, -1)
    const window = (clock.now() - this.#closingSince) / 1_000
    instruments.observe(METRICS.wsClosingWindowSeconds, {}, window, exemplar)
    const by = endedBy(this.#cause, this.#closeReason)
    const milliseconds = this.#age()
    instruments.observe(METRICS.wsSessionSeconds, { ended_by: by }, milliseconds / 1_000, exemplar)
    // A close frame without a code arrives as 1005: the peer said goodbye all the same.
    const saidGoodbye = this.#cause === 'peer_close' && code === 1005
    const code_class = closeCodeClass(saidGoodbye ? 1000 : code)
    instruments.add(METRICS.wsClosesTotal, { initiator: by, code_class })
    this.#decision.ended(this.#age(), sessionEnd(by, this.#closeReason))
    if (this.#client) this.#tools.observer.ended(this.#client)
    this.#trace?.ended({
      milliseconds,
      endedBy: by,
      codeClass: code_class,
      verdict: this.#verdict,
      framesSent: this.#framesSent,
      framesReceived: this.#framesReceived,
    })
  }

  /** A frame will not arrive; of some that is an outcome that somebody waits for. */
  #lost(type: string): void {
    const { instruments } = this.#tools
    const labels = { type }
    if (instruments.isLegal(METRICS.wsTerminalUndeliveredTotal, labels)) {
      instruments.add(METRICS.wsTerminalUndeliveredTotal, labels)
    }
  }

  #afterClose(name: string): 'closed' {
    const { instruments } = this.#tools
    this.#lost(name)
    instruments.add(METRICS.wsSendsTotal, { type: sendType(name), outcome: 'after_close' })
    instruments.add(METRICS.wsSendAfterCloseTotal, {
      cause: this.#cause ?? 'peer_close',
      repeat: this.#callerKnows ? 'again' : 'first',
    })
    this.#callerKnows = true
    return 'closed'
  }

  #sent(names: readonly string[], error: Error | null | undefined): void {
    const { instruments, tallies } = this.#tools
    for (const name of names) {
      const type = sendType(name)
      if (error) {
        instruments.add(METRICS.wsSendsTotal, { type, outcome: 'write_error' })
        this.#lost(name)
      } else {
        tallies.of[type].add(1)
        this.#written(name)
      }
    }
  }

  #written(type: string): void {
    const { instruments, hooks } = this.#tools
    if (!hooks.isUseful(type)) return
    if (!this.#firstMessageSent) {
      this.#firstMessageSent = true
      instruments.observe(METRICS.wsFirstMessageSeconds, {}, this.#age() / 1_000, this.#trace?.exemplar)
    }
    const terminal = hooks.isTerminal(type)
    if (terminal && !this.#finished && !this.#cause) {
      this.#finished = true
      instruments.add(METRICS.wsFinishedConnections, {})
    }
    this.#decision.usefulSent(this.#age(), terminal)
  }

  get open(): boolean {
    return this.#cause === undefined
  }

  get traceIds(): TraceIds | undefined {
    return this.#trace?.ids
  }

  onClosing(callback: () => void): void {
    if (this.#cause) callback()
    // A new array has just the room that it needs; one that grows by itself takes room for seventeen.
    else this.#onClosing = [...this.#onClosing, callback]
  }

  send(data: string | Buffer, name: string): 'sent' | 'closed' {
    const ws = this.#ws
    if (ws.readyState !== ws.OPEN) return this.#afterClose(name)
    this.#framesSent += 1
    // ws tells a failed write to the callback alone: no throw, no event.
    ws.send(data, error => this.#sent([name], error))
    return 'sent'
  }

  sendShared(frames: readonly SharedFrame[], merged: Buffer): 'sent' | 'closed' {
    const socket = this.#socket
    // The same as a look at the state of ws, which lies farther away.
    if (this.#cause !== undefined || !socket || socket.destroyed) {
      for (const { type } of frames) this.#afterClose(type)
      return 'closed'
    }
    this.#framesSent += frames.length
    const { tallies } = this.#tools
    // Once the session is decided nobody asks when a frame was written, unless it is the last one.
    if (this.#firstMessageSent && !tallies.isTerminal(frames)) {
      tallies.add(frames)
      socket.write(merged)
    } else {
      const names = frames.map(({ type }) => type)
      socket.write(merged, error => this.#sent(names, error))
    }
    return 'sent'
  }

  get buffered(): number {
    return this.#socket?.writableLength ?? 0
  }

  onDrain(callback: () => void): void {
    this.#socket?.on('drain', callback)
  }

  received(type: ReceivedType): void {
    this.#framesReceived += 1
    this.#tools.instruments.add(METRICS.wsMessagesReceivedTotal, { type })
  }

  close(code: number, text?: string, reason: ServerCloseReason = 'normal'): void {
    if (this.#cause) return
    this.#closeReason = reason
    this.closing('local_close')
    this.#ws.close(code, text)
  }

  terminate(reason: ServerCloseReason = 'normal'): void {
    if (this.#cause !== undefined && this.#closeReason !== 'normal') return
    this.#closeReason = reason
    this.closing('terminate')
    // What was written before the cut still goes: whoever accepted may have held back its 101.
    this.#ws._socket?.uncork()
    this.#ws.terminate()
  }
}

export const socketOf = (ws: WebSocket) => (ws as WebSocket & { _socket?: Socket })._socket

/**
 * Learns what began the close. ws has no event for it: it calls its own `close()` when the peer's close frame
 * arrives, and only then is `_closeFrameReceived` set (ws 8, lib/websocket.js, receiverOnConclude).
 */
function watchClosing(ws: Internals, session: Session): void {
  ws[SESSION] = session
  ws.close = closeSeen
  ws.terminate = terminateSeen
  ws.on('error', onError)
  ws.on('close', onClose)
  if (!ws._socket) return
  ws._socket[SESSION] = session
  // Ahead of ws's own listener, which closes on FIN.
  ws._socket.prependListener('end', onEnd)
}

const original = (ws: Internals) => Object.getPrototypeOf(ws) as WebSocket

function closeSeen(this: Internals, ...args: Parameters<WebSocket['close']>): void {
  // ws closes by itself when the peer broke the protocol: that is no close of the server's.
  if (this._receiver?.errored) this[SESSION]?.closing('error')
  else this[SESSION]?.closing(this._closeFrameReceived ? 'peer_close' : 'local_close')
  original(this).close.apply(this, args)
}

function terminateSeen(this: Internals): void {
  this[SESSION]?.closing('terminate')
  original(this).terminate.call(this)
}

function onError(this: Internals): void {
  this[SESSION]?.closing('error')
}

function onClose(this: Internals, code: number): void {
  this[SESSION]?.closed(code)
}

function onEnd(this: Metered<Socket>): void {
  this[SESSION]?.ended()
}

function endedBy(cause: CloseCause | undefined, reason: ServerCloseReason): EndedBy {
  if (reason === 'heartbeat') return 'timeout'
  if (cause === 'local_close' || cause === 'terminate') return 'server'
  return cause === 'peer_close' ? 'client' : 'network'
}

function sessionEnd(by: EndedBy, reason: ServerCloseReason): SessionEnd {
  if (by === 'client') return 'client_close'
  if (by === 'network') return 'network'
  return reason === 'normal' ? 'server_close' : reason
}
