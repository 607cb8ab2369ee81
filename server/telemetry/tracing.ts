import type { TextMapPropagator, Tracer } from '@opentelemetry/api'
import type { ConnectionTracer } from '#instrument'
import type { TaskStore } from '../store/store.ts'
import { connectionSpans } from './connection-spans.ts'
import { type FanoutTracer, fanoutSpans } from './fanout-spans.ts'
import { tracedStore } from './publish-spans.ts'
import { type RequestTracer, requestSpans } from './request-spans.ts'

/** All the spans that the server makes. Without it nothing of it runs, and no library for it is loaded. */
export interface Tracing {
  /** Handshakes and sessions. */
  connections: ConnectionTracer
  /** Requests of the HTTP side. */
  requests: RequestTracer
  /** Messages to the receivers of this process. */
  fanout: FanoutTracer
  /** The store, with a span for what is published into it. */
  traced(store: TaskStore): TaskStore
}

/** `propagator` reads the trace context of incoming requests. */
export function tracing(tracer: Tracer, propagator: Pick<TextMapPropagator, 'extract' | 'fields'>): Tracing {
  return {
    connections: connectionSpans(tracer, propagator),
    requests: requestSpans(tracer, propagator),
    fanout: fanoutSpans(tracer),
    traced: store => tracedStore(store, tracer),
  }
}
