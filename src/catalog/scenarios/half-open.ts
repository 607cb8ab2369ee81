import { defineScenario } from './define.ts'

export const halfOpen = defineScenario({
  name: 'half-open',
  summary:
    'Some clients beside the crowd fall silent without a close, and answer no ping; the crowd must not notice.',
  behaviour: 'well-behaved',
  cause: { by: 'bad-readers', readers: 4, reads: 'nothing' },
  clients: 6,
  phases: { warmup: '3s', steady: '4s', fault: '70s', recovery: '5s' },
  fires: [],
})
