import { defineScenario, REFUSALS } from './define.ts'

export const refusedMatrix = defineScenario({
  name: 'refused-matrix',
  summary:
    'A front door refuses the handshakes, each client in its own way: by status, by redirect, by a page, late, never.',
  behaviour: 'rides-through',
  cause: { by: 'front-door', answers: REFUSALS },
  clients: 22,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '20s' },
})
