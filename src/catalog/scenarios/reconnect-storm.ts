import { defineScenario } from './define.ts'

export const reconnectStorm = defineScenario({
  name: 'reconnect-storm',
  summary: 'Every client loses its socket at the same moment and comes back by its policy.',
  behaviour: 'dropped-at-once',
  clients: 50,
  phases: { warmup: '5s', fault: '10s', recovery: '5s' },
  fires: [],
})
