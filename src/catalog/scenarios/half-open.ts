import { defineScenario } from './define.ts'

export const halfOpen = defineScenario({
  name: 'half-open',
  summary:
    'Some clients beside the crowd, on the task that all follow, fall silent without a close and answer no ping; the crowd must not notice.',
  behaviour: 'shares-a-task',
  cause: { by: 'bad-readers', readers: 4, reads: 'nothing' },
  clients: 6,
  phases: { warmup: '3s', steady: '4s', fault: '70s', recovery: '5s' },
  // Two and a half heartbeats of 25 s: then a peer that answers none is gone.
  leastFault: '65s',
})
