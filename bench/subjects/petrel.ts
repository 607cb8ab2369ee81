import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { BatchSpanProcessor, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { Counter, Gauge, Histogram } from 'prom-client'
import { systemClock } from '#core'
import { streamPath, TASKS_PATH } from '#protocol'
import {
  createLogger,
  DEFAULT_SETTINGS,
  type RunningServer,
  type ServerSettings,
  startServer,
} from '../../server/index.ts'
import { type Tracing, tracing } from '../../server/telemetry/tracing.ts'
import { type Listening, MESSAGE_BYTES, serveSubject } from './subject.ts'

export interface PetrelOptions {
  topics: number
  settings?: Partial<ServerSettings>
  /** Where to listen; a free port without. */
  port?: number
  /** Tasks that exist already, in a store that is shared. */
  taskIds?: string[]
}

let server: RunningServer
let taskIds: string[] = []

/** Spans of one handshake and one message in ten are kept, batched, and thrown away where they would be sent. */
function sampledTraces(): Tracing {
  const exporter = {
    export: (_spans: unknown, done: (result: { code: number }) => void) => done({ code: 0 }),
    shutdown: async () => {},
  }
  const provider = new TracerProvider({
    sampler: new TraceIdRatioBasedSampler(0.1),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  return tracing(provider.getTracer('bench'), new W3CTraceContextPropagator())
}

let isTelemetryOn = true

/** The same, unless telemetry is switched off. */
function switchable(on: Tracing): Tracing {
  const nothing = { exemplars: [], end: () => {} }
  return {
    ...on,
    fanout: published => (isTelemetryOn ? on.fanout(published) : nothing),
    traced(store) {
      const traced = on.traced(store)
      return { ...traced, publish: (...event) => (isTelemetryOn ? traced : store).publish(...event) }
    },
  }
}

/**
 * The reference server as it is in production: metrics and traces on, log to a file, one external task for each
 * topic; upgrades at any rate, since that is what is measured.
 */
async function start({ topics, settings, port = 0, taskIds: known }: PetrelOptions): Promise<Listening> {
  server = await startServer(
    { ...DEFAULT_SETTINGS, port, upgradeRate: 0, ...settings },
    createLogger(settings?.logLevel ?? 'info', process.stdout),
    systemClock,
    switchable(sampledTraces()),
  )
  taskIds = known ?? (await Promise.all(Array.from({ length: topics }, createTask)))
  return { port: Number(new URL(server.url).port), paths: taskIds.map(id => streamPath(id)) }
}

async function createTask(): Promise<string> {
  const response = await fetch(`${server.url}${TASKS_PATH}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ kind: 'roadmap_generation', work: 'external' }),
  })
  return ((await response.json()) as { task_id: string }).task_id
}

/** So that the whole event has the length of everybody's messages: sequences of four digits are the rule. */
const STAGE_BYTES =
  MESSAGE_BYTES -
  JSON.stringify({ type: 'progress', progress: 0, stage: '', task_id: '0'.repeat(36), seq: 1_000 }).length

/** Counters that do not count: what is left is the same server. */
const metrics = [Counter.prototype, Gauge.prototype, Histogram.prototype] as unknown as Record<
  string,
  (...args: unknown[]) => void
>[]
const originals = metrics.map(({ inc, observe, set }) => ({ inc, observe, set }))

serveSubject(
  {
    start,
    publish(text, topic) {
      const stage = text.padEnd(STAGE_BYTES, 'x')
      void server.publish(taskIds[topic] ?? '', { type: 'progress', progress: 0, stage })
    },
  },
  isOn => {
    isTelemetryOn = isOn
    for (const [index, prototype] of metrics.entries()) {
      for (const [name, method] of Object.entries(originals[index] ?? {})) {
        if (method) prototype[name] = isOn ? method : () => {}
      }
    }
  },
)
