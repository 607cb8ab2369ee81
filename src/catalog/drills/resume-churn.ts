import { defineDrill } from './define.ts'

export const resumeChurn = defineDrill({
  name: 'resume-churn',
  scenario: 'resume-churn',
  crowd: { clients: 15 },
  fires: [],
  mayFire: ['WsReconnectStorm', 'WsSessionBudgetBurn', 'WsFlapping', 'WsClientLooping'].map(alert => ({
    alert,
    reason:
      'clients that lose one socket after another look like clients that flap, until their policy makes them wait',
  })),
})
