import { defineScenario } from './define.ts'

export const rollingDeploy = defineScenario({
  name: 'rolling-deploy',
  summary: 'The servers are replaced one after another; their clients are sent away and come back to others.',
  behaviour: 'rides-through',
  cause: { by: 'command', does: 'replaces the servers one after another, as a deployment does' },
  clients: 50,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '20s' },
  // Two servers drain and start anew within it.
  leastFault: '10s',
})
