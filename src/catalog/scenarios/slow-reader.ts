import { defineScenario } from './define.ts'

export const slowReader = defineScenario({
  name: 'slow-reader',
  summary:
    'Some clients beside the crowd read a little now and then, on the task that all follow; the crowd must not notice.',
  behaviour: 'shares-a-task',
  cause: { by: 'bad-readers', readers: 4, reads: 'little' },
  clients: 6,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
