import { defineMetric, eachOf } from './define.ts'

/** Why a client was not let in though its request was right; `half_open` is a request that never became whole. */
export const ADMISSION_REFUSALS = ['rate_limited', 'connection_limit', 'looping', 'half_open'] as const
export type AdmissionRefusal = (typeof ADMISSION_REFUSALS)[number]

export const wsAdmissionRefusalsTotal = defineMetric({
  name: 'ws_admission_refusals_total',
  type: 'counter',
  help: 'Requests that admission turned away to protect the server, by the rule that did it.',
  labels: ['reason'],
  tuples: eachOf('reason', ADMISSION_REFUSALS),
})
