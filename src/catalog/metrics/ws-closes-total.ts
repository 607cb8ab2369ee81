import { CLOSE_CODE_CLASSES } from '../../protocol/close-codes.ts'
import { defineMetric } from './define.ts'
import { ENDED_BY } from './ws-session-seconds.ts'

export const wsClosesTotal = defineMetric({
  name: 'ws_closes_total',
  type: 'counter',
  help: 'Sockets that ended, by who began it and by the class of the close code.',
  labels: ['initiator', 'code_class'],
  tuples: ENDED_BY.flatMap(initiator => CLOSE_CODE_CLASSES.map(code_class => ({ initiator, code_class }))),
})
