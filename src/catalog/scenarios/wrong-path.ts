import { defineScenario } from './define.ts'

export const wrongPath = defineScenario({
  name: 'wrong-path',
  summary: 'Clients dial the path without its prefix, are refused, and dial again every 100 ms.',
  behaviour: 'dials-wrong-path',
  clients: 6,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
