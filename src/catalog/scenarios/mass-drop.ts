import { defineScenario } from './define.ts'

export const massDrop = defineScenario({
  name: 'mass-drop',
  summary: 'Every client loses its socket at the same moment and comes back by its policy.',
  behaviour: 'dropped-at-once',
  clients: 50,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
