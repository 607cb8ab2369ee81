import { defineScenario } from './define.ts'

export const terminalRace = defineScenario({
  name: 'terminal-race',
  summary:
    'Clients lose their sockets at about the moment at which their tasks end; each must see the end once.',
  behaviour: 'drops-at-the-end',
  clients: 20,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
