import { defineDrill } from './define.ts'

export const deploymentDoneRight = defineDrill({
  name: 'deployment-done-right',
  scenario: 'rolling-deploy',
  when: 'Two servers over one Redis are drained and replaced, one after the other.',
  servers: { count: 2, redis: true },
  disturbance: { kind: 'replace-servers' },
  crowd: { clients: 20 },
  fires: [],
  inCi: true,
})
