import { defineScenario } from './define.ts'

export const flappingServer = defineScenario({
  name: 'flapping-server',
  summary:
    'The server accepts everybody and closes at once: first as if the task had ended, then as if its handler had failed.',
  behaviour: 'rides-through',
  cause: { by: 'server', fault: 'accept-then-close', variants: ['1000', '1011'] },
  clients: 20,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '20s' },
  fires: ['WsSessionBudgetBurn'],
})
