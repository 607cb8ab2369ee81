import { defineScenario } from './define.ts'

export const resumeChurn = defineScenario({
  name: 'resume-churn',
  summary: 'Clients lose their sockets at random moments and resume; every sequence is checked.',
  behaviour: 'drops-at-random',
  clients: 30,
  phases: { warmup: '3s', steady: '4s', fault: '10s', recovery: '5s' },
})
