import { performance } from 'node:perf_hooks'
import { METRICS } from '#catalog'
import type { Instruments } from './instruments.ts'

/** Measures how busy the event loop is between two scrapes. */
export function measureEventLoop(instruments: Instruments): void {
  let last = performance.eventLoopUtilization()
  instruments.onScrape(() => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    instruments.set(METRICS.nodejsEventloopUtilizationRatio, {}, utilization)
    last = now
  })
}
