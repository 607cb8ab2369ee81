import { defineScenario } from './define.ts'

export const bigFanout = defineScenario({
  name: 'big-fanout',
  summary: 'The whole crowd follows one task.',
  behaviour: 'shares-a-task',
  clients: 200,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
