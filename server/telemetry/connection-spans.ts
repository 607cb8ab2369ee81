import { type Span, SpanKind, type TextMapPropagator, TraceFlags, type Tracer } from '@opentelemetry/api'
import type { ConnectionTracer } from '#instrument'
import { callerOf, endWithStatus, requestAttributes } from './incoming.ts'
import { idsOf } from './trace-context.ts'

/**
 * A SERVER span for the handshake, which ends with its answer, and a short one for the session at its close. They
 * are linked, not nested: no span, and no trace, is as long as a connection.
 */
export function connectionSpans(
  tracer: Tracer,
  propagator: Pick<TextMapPropagator, 'extract'>,
): ConnectionTracer {
  return {
    begin(request, template) {
      const route = template === 'unmatched' ? undefined : template
      const name = `${request.method ?? 'GET'}${route === undefined ? '' : ` ${route}`}`
      const attributes = requestAttributes(request, route)
      // Let go when it has ended: the connection keeps its ids alone.
      let span: Span | undefined = tracer.startSpan(
        name,
        { kind: SpanKind.SERVER, attributes },
        callerOf(request, propagator),
      )
      const handshake = span.spanContext()
      const ids = idsOf(handshake)
      return {
        ids,
        exemplar: handshake.traceFlags & TraceFlags.SAMPLED ? ids : undefined,
        decided({ status, outcome, reason }) {
          if (!span) return
          span.setAttribute('petrel.handshake.outcome', outcome)
          span.setAttribute('petrel.handshake.reason', reason)
          endWithStatus(span, status === 'other' ? undefined : Number(status))
          span = undefined
        },
        ended({ milliseconds, endedBy, codeClass, verdict, framesSent, framesReceived }) {
          const summary = tracer.startSpan('websocket session', {
            root: true,
            links: [{ context: handshake }],
            attributes: {
              ...(route === undefined ? {} : { 'http.route': route }),
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
        },
      }
    },
  }
}
