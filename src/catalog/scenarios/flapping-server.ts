import { defineScenario } from './define.ts'

export const flappingServer = defineScenario({
  name: 'flapping-server',
  summary:
    'Every client loses its socket, and the server accepts it and closes at once: first as by a handler that failed, then as too busy.',
  behaviour: 'dropped-at-once',
  cause: { by: 'server', fault: 'accept-then-close', variants: ['1011', '1013'] },
  clients: 20,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '20s' },
})
