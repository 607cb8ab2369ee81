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
import type { Clock } from '#core'
import { closeCodeClass, isTerminal, isUseful } from '#protocol'
import type { Client } from './clients.ts'
import type { Instruments, Tally } from './instruments.ts'
import { SessionDecision, type SessionEnd, type SessionVerdict } from './session-verdict.ts'
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
export type SendTallies = Readonly<Record<SendType, Tally>>

export function sendTallies(instruments: Instruments): SendTallies {
  return Object.fromEntries(
    SEND_TYPES.map(type => [type, instruments.tally(METRICS.wsSendsTotal, { type, outcome: 'ok' })]),
  ) as unknown as SendTallies
}

const sendType = (name: string): SendType =>
  (SEND_TYPES as readonly string[]).includes(name) ? (name as SendType) : 'other'

/** Told of sessions by their measurement; one for all of them, since an idle connection must cost little. */
export interface SessionObserver {
  decided(client: Client, verdict: SessionVerdict): void
  ended(client: Client): void
}

/** Measures one accepted socket from now, the moment of its 101, to its end. */
export function meterSession(
  ws: WebSocket,
  instruments: Instruments,
  tallies: SendTallies,
  hooks: SessionHooks,
  clock: Clock,
  observer: SessionObserver,
  client: Client | undefined,
  trace: ConnectionTrace | undefined,
): MeteredSession {
  const began = clock.now()
  const age = () => clock.now() - began
  const decision = new SessionDecision(
    decided => {
      verdict = decided
      instruments.add(METRICS.wsSessionsTotal, decided)
      if (client) observer.decided(client, decided)
    },
    reason => instruments.add(METRICS.wsSessionInterruptionsTotal, { reason }),
  )
  const timers = [FIRST_MESSAGE_MS, LIVED_MS].map(due =>
    // A timer of Node may fire a part of a millisecond before its time, and there is no later one.
    clock.after(due, () => decision.reached(Math.max(due, age()))),
  )

  let verdict: SessionVerdict | undefined
  let framesSent = 0
  let framesReceived = 0
  let cause: CloseCause | undefined
  let closeReason: ServerCloseReason = 'normal'
  let closingSince: number | undefined
  let callerKnows = false
  let firstMessageSent = false
  let finished = false
  const onClosing: (() => void)[] = []

  instruments.add(METRICS.wsConnections, { state: 'open' })

  function closing(because: CloseCause): void {
    if (cause) return
    cause = because
    closingSince = clock.now()
    if (finished) instruments.add(METRICS.wsFinishedConnections, {}, -1)
    instruments.add(METRICS.wsConnections, { state: 'open' }, -1)
    instruments.add(METRICS.wsConnections, { state: 'closing' })
    for (const callback of onClosing) callback()
  }

  watchClosing(ws, closing)

  ws.once('close', code => {
    closing('error')
    for (const timer of timers) timer[Symbol.dispose]()
    instruments.add(METRICS.wsConnections, { state: 'closing' }, -1)
    instruments.observe(
      METRICS.wsClosingWindowSeconds,
      {},
      (clock.now() - (closingSince ?? clock.now())) / 1_000,
      trace?.exemplar,
    )
    const by = endedBy(cause, closeReason)
    const milliseconds = age()
    instruments.observe(METRICS.wsSessionSeconds, { ended_by: by }, milliseconds / 1_000, trace?.exemplar)
    // A close frame without a code arrives as 1005: the peer said goodbye all the same.
    const saidGoodbye = cause === 'peer_close' && code === 1005
    const code_class = closeCodeClass(saidGoodbye ? 1000 : code)
    instruments.add(METRICS.wsClosesTotal, { initiator: by, code_class })
    decision.ended(age(), sessionEnd(by, closeReason))
    if (client) observer.ended(client)
    trace?.ended({ milliseconds, endedBy: by, codeClass: code_class, verdict, framesSent, framesReceived })
  })

  /** A frame will not arrive; of some that is an outcome that somebody waits for. */
  function lost(type: string): void {
    const labels = { type }
    if (instruments.isLegal(METRICS.wsTerminalUndeliveredTotal, labels)) {
      instruments.add(METRICS.wsTerminalUndeliveredTotal, labels)
    }
  }

  function afterClose(name: string): 'closed' {
    lost(name)
    instruments.add(METRICS.wsSendsTotal, { type: sendType(name), outcome: 'after_close' })
    instruments.add(METRICS.wsSendAfterCloseTotal, {
      cause: cause ?? 'peer_close',
      repeat: callerKnows ? 'again' : 'first',
    })
    callerKnows = true
    return 'closed'
  }

  function sent(names: readonly string[], error: Error | null | undefined): void {
    for (const name of names) {
      const type = sendType(name)
      if (error) {
        instruments.add(METRICS.wsSendsTotal, { type, outcome: 'write_error' })
        lost(name)
      } else {
        tallies[type].add(1)
        written(name)
      }
    }
  }

  function written(type: string): void {
    if (!hooks.isUseful(type)) return
    if (!firstMessageSent) {
      firstMessageSent = true
      instruments.observe(METRICS.wsFirstMessageSeconds, {}, age() / 1_000, trace?.exemplar)
    }
    const terminal = hooks.isTerminal(type)
    if (terminal && !finished && !cause) {
      finished = true
      instruments.add(METRICS.wsFinishedConnections, {})
    }
    decision.usefulSent(age(), terminal)
  }

  return {
    get open() {
      return cause === undefined
    },
    traceIds: trace?.ids,
    onClosing(callback) {
      if (cause) callback()
      else onClosing.push(callback)
    },
    send(data, name) {
      if (ws.readyState !== ws.OPEN) return afterClose(name)
      framesSent += 1
      // ws tells a failed write to the callback alone: no throw, no event.
      ws.send(data, error => sent([name], error))
      return 'sent'
    },
    sendShared(frames, merged) {
      const socket = socketOf(ws)
      if (ws.readyState !== ws.OPEN || !socket) {
        for (const { type } of frames) afterClose(type)
        return 'closed'
      }
      framesSent += frames.length
      // Once the session is decided nobody asks when a frame was written, unless it is the last one.
      if (firstMessageSent && frames.every(({ type }) => !hooks.isTerminal(type))) {
        for (const { type } of frames) tallies[sendType(type)].add(1)
        socket.write(merged)
      } else {
        const names = frames.map(({ type }) => type)
        socket.write(merged, error => sent(names, error))
      }
      return 'sent'
    },
    get buffered() {
      return socketOf(ws)?.writableLength ?? 0
    },
    onDrain: callback => void socketOf(ws)?.on('drain', callback),
    received(type) {
      framesReceived += 1
      instruments.add(METRICS.wsMessagesReceivedTotal, { type })
    },
    close(code, text, reason = 'normal') {
      if (cause) return
      closeReason = reason
      closing('local_close')
      ws.close(code, text)
    },
    terminate(reason = 'normal') {
      if (cause !== undefined && closeReason !== 'normal') return
      closeReason = reason
      closing('terminate')
      ws.terminate()
    },
  }
}

export const socketOf = (ws: WebSocket) => (ws as WebSocket & { _socket?: Socket })._socket

/**
 * Learns what began the close. ws has no event for it: it calls its own `close()` when the peer's close frame
 * arrives, and only then is `_closeFrameReceived` set (ws 8, lib/websocket.js, receiverOnConclude).
 */
function watchClosing(ws: WebSocket, closing: (cause: CloseCause) => void): void {
  const internals = ws as WebSocket & {
    _closeFrameReceived?: boolean
    _receiver?: { errored: Error | null }
    _socket?: NodeJS.EventEmitter
  }
  const { close, terminate } = ws
  ws.close = (...args) => {
    // ws closes by itself when the peer broke the protocol: that is no close of the server's.
    if (internals._receiver?.errored) closing('error')
    else closing(internals._closeFrameReceived ? 'peer_close' : 'local_close')
    close.apply(ws, args)
  }
  ws.terminate = () => {
    closing('terminate')
    terminate.call(ws)
  }
  ws.on('error', () => closing('error'))
  // Ahead of ws's own listener, which closes on FIN.
  internals._socket?.prependListener('end', () => {
    if (!internals._closeFrameReceived) closing('fin')
  })
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
