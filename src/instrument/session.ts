import type { ReceivedType } from '#catalog'
import type { Clock, DueQueue } from '#core'
import type { Client } from './clients.ts'
import type { Instruments } from './instruments.ts'
import type { SendTallies } from './send-tallies.ts'
import type { SessionTallies } from './session-tallies.ts'
import type { SessionVerdict } from './session-verdict.ts'
import type { SharedFrame } from './shared-frame.ts'
import type { TraceIds } from './trace.ts'

/** Why the server closes; `normal` after a terminal event, and whenever nothing below fits. */
export type ServerCloseReason = 'normal' | 'announced_drain' | 'server_error' | 'heartbeat' | 'slow_consumer'

/** Told of a session's end. An object, since a closure for each connection would be a cost. */
export interface SessionListener {
  /** The end has begun: the time to unsubscribe, so that nothing is sent into a closed socket. */
  onClosing?(): void
  /** The socket has failed; its end follows. */
  onFailed?(error: Error & { code?: string }): void
  /** The socket is gone. */
  onClosed?(code: number, reason: Buffer): void
}

/** One accepted socket, measured. */
export interface MeteredSession {
  /** False from the moment that its end has begun, by whomever. */
  readonly open: boolean
  /** Ids of the trace of its handshake, for its log lines; undefined without a tracer. */
  readonly traceIds: TraceIds | undefined
  /** Tells it of the end, each part once; of a beginning that has been at once. */
  listen(listener: SessionListener): void
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

/** Told of sessions by their measurement; one for all of them, since an idle connection must cost little. */
export interface SessionObserver {
  decided(client: Client, verdict: SessionVerdict): void
  ended(client: Client): void
}

/** Whoever waits to be decided. */
export interface Undecided {
  /** The time for a first message is over. */
  onFirstMessageDue(): void
  onLived(): void
}

/** What all sessions of a server share. */
export interface SessionTools {
  instruments: Instruments
  /** Counters of every send, and of every session. */
  tallies: SendTallies
  counts: SessionTallies
  hooks: SessionHooks
  clock: Clock
  observer: SessionObserver
  /** One timer each for all sessions: until their first message is due, and from then until they have lived. */
  firstMessageDue: DueQueue<Undecided>
  lived: DueQueue<Undecided>
}
