import { FAULTS } from '../faults/index.ts'
import { defineMetric } from './define.ts'

export const petrelFaultActive = defineMetric({
  name: 'petrel_fault_active',
  type: 'gauge',
  help: 'Fault switches of the reference server: 1 for the variant that is on. A healthy server has none.',
  labels: ['fault', 'variant'],
  tuples: Object.values(FAULTS).flatMap(({ name, variants }) =>
    Object.keys(variants).map(variant => ({ fault: name, variant })),
  ),
})
