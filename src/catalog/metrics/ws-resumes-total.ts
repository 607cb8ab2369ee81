import { RESUME_RESULTS } from '../../protocol/frames.ts'
import { defineMetric, eachOf } from './define.ts'

export const wsResumesTotal = defineMetric({
  name: 'ws_resumes_total',
  type: 'counter',
  help: 'Resumes that clients asked for, by what became of them.',
  labels: ['result'],
  tuples: eachOf('result', RESUME_RESULTS),
})
