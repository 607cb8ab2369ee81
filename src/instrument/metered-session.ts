import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import {
  type CloseCause,
  type EndedBy,
  FIRST_MESSAGE_MS,
  LIVED_MS,
  METRICS,
  type ReceivedType,
} from '#catalog'
import { closeCodeClass } from '#protocol'
import type { Client } from './clients.ts'
import { type Closing, closingOf, type Internals, socketOf, watchClosing } from './closing.ts'
import { sendType } from './send-tallies.ts'
import type {
  MeteredSession,
  ServerCloseReason,
  SessionListener,
  SessionTools,
  Undecided,
} from './session.ts'
import {
  type DecisionListener,
  type Interruption,
  SessionDecision,
  type SessionEnd,
  type SessionVerdict,
} from './session-verdict.ts'
import type { SharedFrame } from './shared-frame.ts'
import type { ConnectionTrace, TraceIds } from './trace.ts'

/** The session that a socket has already. */
export const sessionOf = (ws: WebSocket): MeteredSession | undefined => closingOf(ws) as Session | undefined

/** Measures one accepted socket from now, the moment of its 101, to its end. */
export const meterSession = (
  ws: WebSocket,
  tools: SessionTools,
  client: Client | undefined,
  trace: ConnectionTrace | undefined,
): MeteredSession => new Session(ws, tools, client, trace)

const NO_LISTENERS: readonly SessionListener[] = []

/** A class, since ten thousand connections have one each: methods are shared, closures are not. */
class Session implements MeteredSession, DecisionListener, Undecided, Closing {
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
  #listeners: readonly SessionListener[] = NO_LISTENERS
  /** Its places among those that wait to be decided. */
  readonly #firstMessageTicket: number
  #livedTicket = -1
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
    this.#client = client
    this.#ws = ws
    this.#socket = socketOf(ws)
    this.#tools = tools
    this.#trace = trace
    this.#began = tools.clock.now()
    this.#decision = new SessionDecision(this)
    this.#firstMessageTicket = tools.firstMessageDue.add(this)
    tools.counts.open.add(1)
    watchClosing(ws, this)
  }

  onFirstMessageDue(): void {
    this.#livedTicket = this.#tools.lived.add(this)
    // A timer of Node may fire a part of a millisecond before its time, and there is no later one.
    this.#decision.reached(Math.max(FIRST_MESSAGE_MS, this.#age()))
  }

  onLived(): void {
    this.#decision.reached(Math.max(LIVED_MS, this.#age()))
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
    const { instruments, clock, counts } = this.#tools
    this.#cause = because
    this.#closingSince = clock.now()
    if (this.#finished) instruments.add(METRICS.wsFinishedConnections, {}, -1)
    counts.open.add(-1)
    counts.closing.add(1)
    for (const listener of this.#listeners) listener.onClosing?.()
  }

  /** The peer has sent its FIN. */
  ended(): void {
    if (!this.#ws._closeFrameReceived) this.closing('fin')
  }

  failed(error: Error): void {
    this.closing('error')
    for (const listener of this.#listeners) listener.onFailed?.(error)
  }

  /** The socket is gone. */
  closed(code: number, text: Buffer): void {
    this.closing('error')
    this.#account(code)
    for (const listener of this.#listeners) listener.onClosed?.(code, text)
  }

  #account(code: number): void {
    const { instruments, clock, counts, firstMessageDue, lived } = this.#tools
    const exemplar = this.#trace?.exemplar
    firstMessageDue.delete(this.#firstMessageTicket)
    if (this.#livedTicket >= 0) lived.delete(this.#livedTicket)
    counts.closing.add(-1)
    counts.closingWindow.observe((clock.now() - this.#closingSince) / 1_000, exemplar)
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
    const { instruments, counts, hooks } = this.#tools
    if (!hooks.isUseful(type)) return
    if (!this.#firstMessageSent) {
      this.#firstMessageSent = true
      counts.firstMessage.observe(this.#age() / 1_000, this.#trace?.exemplar)
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

  listen(listener: SessionListener): void {
    // An array that grows, by itself or in a literal, takes room for seventeen.
    this.#listeners = this.#listeners.concat(listener)
    if (this.#cause) listener.onClosing?.()
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
    // A close that had a reason keeps it: the cut only ends the waiting for its answer.
    if (this.#cause === undefined || this.#closeReason === 'normal') this.#closeReason = reason
    this.closing('terminate')
    // What was written before the cut still goes: whoever accepted may have held back its 101.
    this.#ws._socket?.uncork()
    this.#ws.terminate()
  }
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
