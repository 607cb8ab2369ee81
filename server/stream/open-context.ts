import { METRICS } from '#instrument'
import { errorFields } from '../log.ts'
import { taskReader } from '../store/reader.ts'
import type { FanoutTracer } from '../telemetry/fanout-spans.ts'
import { Beats } from './beats.ts'
import type { StreamContext } from './context.ts'
import { fanout } from './fanout.ts'

/** What is opened elsewhere. */
export type ContextParts = Omit<StreamContext, 'reader' | 'fanout' | 'heartbeats' | 'sessions' | 'boxes'>

/** What every part of the stream works with, and the figures that are counted of it at a scrape. */
export function openContext(parts: ContextParts, tracer: FanoutTracer | undefined): StreamContext {
  const { settings, store, meter, faults, log, clock, random } = parts
  const { instruments } = meter
  const historyDelay =
    settings.historyReadMs > 0
      ? () => new Promise<void>(resolve => void clock.after(settings.historyReadMs, resolve))
      : () => {}
  const onError = (error: unknown, taskId: string) =>
    log.error({ task_id: taskId, ...errorFields(error) }, 'task_error')
  const context: StreamContext = {
    ...parts,
    reader: taskReader(store, {
      timeoutMs: settings.historyTimeoutMs + settings.historyReadMs,
      delay: () => faults.at('historyDelay', historyDelay)(),
    }),
    fanout: fanout(store, instruments, clock, onError, faults, tracer),
    meter: {
      ...meter,
      refuseReadably: (...refusal) => faults.at('refusals', meter).refuseReadably(...refusal),
    },
    heartbeats: { clock, beats: new Beats(clock, random, settings.heartbeatMs) },
    sessions: new Set(),
    boxes: new Set(),
  }
  const { boxes } = context
  instruments.onScrape(() => {
    let bytes = 0
    for (const box of boxes) bytes += box.buffered()
    instruments.set(METRICS.wsBufferedBytes, {}, bytes)
    instruments.set(METRICS.taskSubscribers, {}, context.fanout.size())
  })
  return context
}
