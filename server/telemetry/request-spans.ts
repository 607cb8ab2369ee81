import type { IncomingMessage } from 'node:http'
import type { Span, TextMapPropagator, Tracer } from '@opentelemetry/api'
import type { TraceIds } from '#instrument'
import { endWithStatus, requestSpan } from './incoming.ts'
import { idsOf, traceparentOf } from './trace-context.ts'

/** Spans of the HTTP side's requests. */
export interface RequestTracer {
  begin(request: IncomingMessage, route: string): void
  /** Undefined when the connection was lost before. */
  end(request: IncomingMessage, status: number | undefined): void
  ids(request: IncomingMessage): TraceIds | undefined
  /** What is published for this request says so. */
  traceparent(request: IncomingMessage): string | undefined
}

export function requestSpans(
  tracer: Tracer,
  propagator: Pick<TextMapPropagator, 'extract' | 'fields'>,
): RequestTracer {
  const spans = new WeakMap<IncomingMessage, Span>()
  return {
    begin(request, route) {
      spans.set(request, requestSpan(tracer, propagator, request, route))
    },
    end(request, status) {
      const span = spans.get(request)
      if (span) endWithStatus(span, status)
    },
    ids(request) {
      const span = spans.get(request)
      return span ? idsOf(span.spanContext()) : undefined
    },
    traceparent(request) {
      const span = spans.get(request)
      return span ? traceparentOf(span.spanContext()) : undefined
    },
  }
}
