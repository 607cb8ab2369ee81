import { defineScenario } from './define.ts'

export const flappingClient = defineScenario({
  name: 'flapping-client',
  summary: 'Clients are accepted, leave within 20 ms, and open again every 100 ms.',
  behaviour: 'flaps',
  clients: 6,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
