import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { expect } from 'vitest'
import { type Tracing, tracing } from './tracing.ts'

/** Traces of one server, kept in memory by OpenTelemetry's own exporter. */
export interface RecordedTraces {
  tracing: Tracing
  /** Spans that have ended, of a name. */
  named(name: string): ReadableSpan[]
  all(): ReadableSpan[]
  /** Waits until so many spans of a name have ended; gives them. */
  ended(name: string, count?: number): Promise<ReadableSpan[]>
}

export function recordTraces({ sampled = true } = {}): RecordedTraces {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    ...(sampled ? {} : { sampler: new AlwaysOffSampler() }),
  })
  const all = () => [...exporter.getFinishedSpans()]
  const named = (name: string) => all().filter(span => span.name === name)
  return {
    tracing: tracing(provider.getTracer('test'), new W3CTraceContextPropagator()),
    named,
    all,
    async ended(name, count = 1) {
      await expect.poll(() => named(name).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
      return named(name)
    },
  }
}
