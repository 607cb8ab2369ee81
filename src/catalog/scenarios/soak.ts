import { defineScenario } from './define.ts'

export const soak = defineScenario({
  name: 'soak',
  summary: 'A crowd that behaves well for half an hour.',
  behaviour: 'well-behaved',
  clients: 200,
  phases: { warmup: '10s', steady: '1m', fault: '30m', recovery: '20s' },
})
