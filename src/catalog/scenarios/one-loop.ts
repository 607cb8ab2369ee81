import { defineScenario } from './define.ts'

export const oneLoop = defineScenario({
  name: 'one-loop',
  summary: 'A single client dials the wrong path every 100 ms among healthy ones.',
  behaviour: 'dials-wrong-path',
  clients: 30,
  badClients: 1,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
  fires: [],
  mayFire: [
    {
      alert: 'WsClientLooping',
      reason: "it is what this alert is for; when it fires depends on the server's table of clients",
    },
    {
      alert: 'WsWrongPathStorm',
      reason:
        'one client at ten a second is a storm by rate, whoever it is: the windows of a drill are short',
    },
    {
      alert: 'WsHandshakeBudgetBurn',
      reason: 'one client at ten a second outweighs 29 that dial once in a while',
    },
  ],
})
