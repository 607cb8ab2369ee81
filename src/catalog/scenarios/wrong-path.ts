import { defineScenario } from './define.ts'

export const wrongPath = defineScenario({
  name: 'wrong-path',
  summary: 'Clients dial the path without its prefix, are refused, and dial again every 100 ms.',
  behaviour: 'dials-wrong-path',
  clients: 6,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
  fires: ['WsHandshakeBudgetBurn', 'WsWrongPathStorm'],
  mayFire: [
    {
      alert: 'WsClientLooping',
      reason:
        "the same clients seen one by one: when it fires depends on the server's table of clients, which looks back a minute",
    },
  ],
})
