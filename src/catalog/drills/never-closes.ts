import { defineDrill } from './define.ts'

export const neverCloses = defineDrill({
  name: 'never-closes',
  scenario: 'healthy',
  when: 'The fault switch `never-closes` is on `5s`: streams stay open after their tasks have ended.',
  disturbance: { kind: 'switch-fault', fault: 'never-closes', variant: '5s' },
  fires: [],
})
