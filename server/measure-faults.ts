import { type Instruments, METRICS } from '#instrument'
import type { Faults } from './faults/index.ts'

/** Which variant of each switch is on, for Prometheus. */
export function measureFaults(faults: Faults, instruments: Instruments): void {
  instruments.onScrape(() => {
    for (const { name, variants, variant } of faults.list()) {
      for (const one of variants.slice(1)) {
        instruments.set(METRICS.petrelFaultActive, { fault: name, variant: one }, one === variant ? 1 : 0)
      }
    }
  })
}
