import type { IncomingMessage } from 'node:http'
import type { EndedBy } from '#catalog'
import type { SessionVerdict } from './session-verdict.ts'

/** Ids of a trace, as exemplars and log lines have them. */
export type TraceIds = Readonly<Record<'trace_id' | 'span_id', string>>

/** Told of every connection by its measurement, so that traces can be made of it. Knows no tracing library. */
export interface ConnectionTracer {
  /** An upgrade request has arrived; `route` is the template that it fits, or `unmatched`. */
  begin(request: IncomingMessage, route: string): ConnectionTrace
}

/** One connection, from its upgrade request to the end of its socket. */
export interface ConnectionTrace {
  /** Of the handshake. */
  readonly ids: TraceIds
  /** The same, when the trace is kept. */
  readonly exemplar: TraceIds | undefined
  /** The handshake was answered. Called once. */
  decided(answer: HandshakeAnswer): void
  /** An accepted socket is gone. */
  ended(session: SessionSummary): void
}

/** Labels of `ws_handshakes_total`. */
export interface HandshakeAnswer {
  status: string
  outcome: string
  reason: string
}

/** What a session was, when it is over. */
export interface SessionSummary {
  milliseconds: number
  endedBy: EndedBy
  codeClass: string
  /** Absent when it was not decided before it ended, or does not count. */
  verdict: SessionVerdict | undefined
  framesSent: number
  framesReceived: number
}
