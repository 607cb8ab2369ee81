import { type Link, SpanKind, TraceFlags, type Tracer } from '@opentelemetry/api'
import type { TraceIds } from '#instrument'
import type { PublishedEvent } from '../store/store.ts'
import { DESTINATION } from './publish-spans.ts'
import { below, idsOf, spanContextOf } from './trace-context.ts'

/** Begins the spans of messages that are handed to the receivers of this process. */
export type FanoutTracer = (published: readonly PublishedEvent[]) => FanoutTrace

export interface FanoutTrace {
  /** Of each message, in their order: undefined where the trace is not kept. */
  exemplars: readonly (TraceIds | undefined)[]
  /** Every receiver was written to. */
  end(receivers: number): void
}

/**
 * One CONSUMER span for each message and process, however many receivers there are: child of its PRODUCER span and
 * linked to it, as the semantic conventions for messaging have it. A span for each receiver would cost a third of
 * the fan-out.
 */
export function fanoutSpans(tracer: Tracer): FanoutTracer {
  return published => {
    const spans = published.map(({ event, traceparent }) => {
      const producer = spanContextOf(traceparent)
      const links: Link[] = producer ? [{ context: producer }] : []
      const attributes = {
        'messaging.system': 'petrel',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': DESTINATION,
        'petrel.task.id': event.task_id,
        'petrel.event.type': event.type,
        'petrel.event.seq': event.seq,
      }
      const options = { kind: SpanKind.CONSUMER, links, attributes }
      return tracer.startSpan(`process ${DESTINATION}`, options, below(producer))
    })
    return {
      exemplars: spans.map(span => {
        const context = span.spanContext()
        return context.traceFlags & TraceFlags.SAMPLED ? idsOf(context) : undefined
      }),
      end(receivers) {
        for (const span of spans) {
          span.setAttribute('petrel.fanout.receivers', receivers)
          span.end()
        }
      },
    }
  }
}
