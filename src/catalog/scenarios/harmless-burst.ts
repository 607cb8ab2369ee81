import { defineScenario } from './define.ts'

export const harmlessBurst = defineScenario({
  name: 'harmless-burst',
  summary: 'Many well-behaved clients come at once and follow their tasks to the end. Nothing may fire.',
  behaviour: 'arrives-in-a-burst',
  clients: 40,
  badClients: 34,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
