import { defineScenario } from './define.ts'

export const manyTasks = defineScenario({
  name: 'many-tasks',
  summary: 'Each client follows ten tasks at once.',
  behaviour: 'follows-many-tasks',
  clients: 20,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
