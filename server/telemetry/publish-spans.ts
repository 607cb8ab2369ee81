import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { PetrelError } from '#core'
import type { TaskStore } from '../store/store.ts'
import { below, spanContextOf, traceparentOf } from './trace-context.ts'

/** What the semantic conventions for messaging call the place that task events go through. */
export const DESTINATION = 'task events'

/** A PRODUCER span for every event that is published; its context travels with the event to every replica. */
export function tracedStore(store: TaskStore, tracer: Tracer): TaskStore {
  return {
    ...store,
    async publish(taskId, event, options = {}) {
      const span = tracer.startSpan(
        `publish ${DESTINATION}`,
        {
          kind: SpanKind.PRODUCER,
          attributes: {
            'messaging.system': 'petrel',
            'messaging.operation.name': 'publish',
            'messaging.operation.type': 'send',
            'messaging.destination.name': DESTINATION,
            'petrel.task.id': taskId,
            'petrel.event.type': event.type,
          },
        },
        below(spanContextOf(options.traceparent)),
      )
      try {
        const traceparent = traceparentOf(span.spanContext())
        const published = await store.publish(taskId, event, { ...options, traceparent })
        if (published) span.setAttribute('petrel.event.seq', published.event.seq)
        return published
      } catch (error) {
        span.setAttribute('error.type', error instanceof PetrelError ? error.code : 'error')
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
      }
    },
  }
}
