import { defineScenario } from './define.ts'

export const oneLoop = defineScenario({
  name: 'one-loop',
  summary: 'A single client dials the wrong path every 100 ms among healthy ones.',
  behaviour: 'dials-wrong-path',
  clients: 30,
  badClients: 1,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
