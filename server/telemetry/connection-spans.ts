import {
  type Span,
  type SpanContext,
  type TextMapPropagator,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api'
import type {
  ConnectionTrace,
  ConnectionTracer,
  HandshakeAnswer,
  SessionSummary,
  TraceIds,
} from '#instrument'
import { endWithStatus, requestSpan } from './incoming.ts'
import { idsOf } from './trace-context.ts'

/**
 * A SERVER span for the handshake, which ends with its answer, and a short one for the session at its close. They
 * are linked, not nested: no span, and no trace, is as long as a connection.
 */
export function connectionSpans(
  tracer: Tracer,
  propagator: Pick<TextMapPropagator, 'extract' | 'fields'>,
): ConnectionTracer {
  return {
    begin(request, template) {
      const route = template === 'unmatched' ? undefined : template
      return new ConnectionSpans(tracer, route, requestSpan(tracer, propagator, request, route))
    },
  }
}

/** A class, since ten thousand connections have one each: methods are shared, closures are not. */
class ConnectionSpans implements ConnectionTrace {
  readonly #tracer: Tracer
  readonly #route: string | undefined
  readonly #handshake: SpanContext
  /** Let go when it has ended: the connection keeps its ids alone. */
  #span: Span | undefined

  constructor(tracer: Tracer, route: string | undefined, span: Span) {
    this.#tracer = tracer
    this.#route = route
    this.#span = span
    this.#handshake = span.spanContext()
  }

  get ids(): TraceIds {
    return idsOf(this.#handshake)
  }

  get exemplar(): TraceIds | undefined {
    return this.#handshake.traceFlags & TraceFlags.SAMPLED ? this.ids : undefined
  }

  decided({ status, outcome, reason }: HandshakeAnswer): void {
    if (!this.#span) return
    this.#span.setAttribute('petrel.handshake.outcome', outcome)
    this.#span.setAttribute('petrel.handshake.reason', reason)
    endWithStatus(this.#span, status === 'other' ? undefined : Number(status))
    this.#span = undefined
  }

  ended({ milliseconds, endedBy, codeClass, verdict, framesSent, framesReceived }: SessionSummary): void {
    const summary = this.#tracer.startSpan('websocket session', {
      root: true,
      links: [{ context: this.#handshake }],
      attributes: {
        ...(this.#route === undefined ? {} : { 'http.route': this.#route }),
        'petrel.session.duration': milliseconds / 1_000,
        'petrel.session.ended_by': endedBy,
        'petrel.session.code_class': codeClass,
        'petrel.session.verdict': verdict?.verdict ?? 'undecided',
        ...(verdict ? { 'petrel.session.reason': verdict.reason } : {}),
        'petrel.session.frames_sent': framesSent,
        'petrel.session.frames_received': framesReceived,
      },
    })
    summary.end()
  }
}
