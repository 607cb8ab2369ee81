import { defineScenario } from './define.ts'

export const wakeUp = defineScenario({
  name: 'wake-up',
  summary: 'Clients are cut off as laptops are when their lids close, and all wake at one moment.',
  behaviour: 'sleeps',
  clients: 50,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
