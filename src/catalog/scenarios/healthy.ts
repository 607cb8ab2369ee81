import { defineScenario } from './define.ts'

export const healthy = defineScenario({
  name: 'healthy',
  summary: 'Clients follow their tasks to the end, one after another. Nothing may fire.',
  behaviour: 'well-behaved',
  clients: 6,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
