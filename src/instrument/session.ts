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
import type { Instruments } from './instruments.ts'
import { SessionDecision, type SessionEnd } from './session-verdict.ts'

/** Why the server closes; `normal` after a terminal event, and whenever nothing below fits. */
export type ServerCloseReason = 'normal' | 'announced_drain' | 'server_error' | 'heartbeat' | 'slow_consumer'

/** One accepted socket, measured. */
export interface MeteredSession {
  /** False from the moment that its end has begun, by whomever. */
  readonly open: boolean
  /** Calls once, at that moment: the place to unsubscribe, so that nothing is sent into a closed socket. */
  onClosing(callback: () => void): void
  /**
   * The only way to send. `closed` means that the frame is lost and that no further one can arrive: a caller
   * that goes on sending is counted as a bug (`repeat="again"`).
   */
  send(data: string | Buffer, type: string): 'sent' | 'closed'
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

/** Measures one accepted socket from now, the moment of its 101, to its end. */
export function meterSession(
  ws: WebSocket,
  instruments: Instruments,
  hooks: SessionHooks,
  clock: Clock,
): MeteredSession {
  const began = clock.now()
  const age = () => clock.now() - began
  const decision = new SessionDecision(
    verdict => instruments.add(METRICS.wsSessionsTotal, verdict),
    reason => instruments.add(METRICS.wsSessionInterruptionsTotal, { reason }),
  )
  const timers = [FIRST_MESSAGE_MS, LIVED_MS].map(due => clock.after(due, () => decision.reached(age())))

  let cause: CloseCause | undefined
  let closeReason: ServerCloseReason = 'normal'
  let closingSince: number | undefined
  let callerKnows = false
  let firstMessageSent = false
  const onClosing: (() => void)[] = []

  instruments.add(METRICS.wsConnections, { state: 'open' })

  function closing(because: CloseCause): void {
    if (cause) return
    cause = because
    closingSince = clock.now()
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
    )
    const by = endedBy(cause, closeReason)
    instruments.observe(METRICS.wsSessionSeconds, { ended_by: by }, age() / 1_000)
    // A close frame without a code arrives as 1005: the peer said goodbye all the same.
    const saidGoodbye = cause === 'peer_close' && code === 1005
    const code_class = closeCodeClass(saidGoodbye ? 1000 : code)
    instruments.add(METRICS.wsClosesTotal, { initiator: by, code_class })
    decision.ended(age(), sessionEnd(by, closeReason))
  })

  function written(type: string): void {
    if (!hooks.isUseful(type)) return
    if (!firstMessageSent) {
      firstMessageSent = true
      instruments.observe(METRICS.wsFirstMessageSeconds, {}, age() / 1_000)
    }
    decision.usefulSent(age(), hooks.isTerminal(type))
  }

  return {
    get open() {
      return cause === undefined
    },
    onClosing(callback) {
      if (cause) callback()
      else onClosing.push(callback)
    },
    send(data, name) {
      const type: SendType = (SEND_TYPES as readonly string[]).includes(name) ? (name as SendType) : 'other'
      if (ws.readyState !== ws.OPEN) {
        instruments.add(METRICS.wsSendsTotal, { type, outcome: 'after_close' })
        instruments.add(METRICS.wsSendAfterCloseTotal, {
          cause: cause ?? 'peer_close',
          repeat: callerKnows ? 'again' : 'first',
        })
        callerKnows = true
        return 'closed'
      }
      // ws tells a failed write to the callback alone: no throw, no event.
      ws.send(data, error => {
        instruments.add(METRICS.wsSendsTotal, { type, outcome: error ? 'write_error' : 'ok' })
        if (!error) written(name)
      })
      return 'sent'
    },
    received: type => instruments.add(METRICS.wsMessagesReceivedTotal, { type }),
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
