import { defineScenario } from './define.ts'

export const flappingClient = defineScenario({
  name: 'flapping-client',
  summary: 'Clients are accepted, leave within 20 ms, and open again every 100 ms.',
  behaviour: 'flaps',
  clients: 6,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
  fires: ['WsSessionBudgetBurn', 'WsFlapping'],
  mayFire: [
    {
      alert: 'WsClientLooping',
      reason:
        "the same clients seen one by one: when it fires depends on the server's table of clients, which looks back a minute",
    },
    {
      alert: 'WsReconnectStorm',
      reason:
        'the same opens seen as returns: which of them are returns is told by the client ids, which a server may ignore',
    },
  ],
})
