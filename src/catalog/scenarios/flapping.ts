import { defineScenario } from './define.ts'

export const flapping = defineScenario({
  name: 'flapping',
  summary: 'Clients are accepted, leave within 20 ms, and open again every 100 ms.',
  behaviour: 'flaps',
  clients: 6,
  phases: { warmup: '5s', fault: '10s', recovery: '5s' },
  fires: ['WsSessionBudgetBurn', 'WsFlapping'],
})
