import { defineDrill } from './define.ts'

export const nearTheLimit = defineDrill({
  name: 'near-the-limit',
  scenario: 'many-tasks',
  when: 'The limit of the server is 45 connections.',
  servers: { flags: ['--connection-limit', '45'] },
  crowd: { clients: 4, taskMs: 5_000 },
  fires: [{ alert: 'WsConnectionsNearLimit' }],
  inCi: true,
})
