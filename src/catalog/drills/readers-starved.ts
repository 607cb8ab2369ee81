import { defineDrill } from './define.ts'

export const readersStarved = defineDrill({
  name: 'readers-starved',
  scenario: 'healthy',
  when: 'Clients stop reading until the server gives them up, after 3 s; meanwhile their task ends.',
  servers: { flags: ['--slow-consumer-time', '3s', '--slow-consumer-bytes', '65536', '--heartbeat', '60s'] },
  disturbance: { kind: 'starve-readers', readers: 8 },
  // Ends of tasks enough for the traffic floor, and few enough for the lost ones to count.
  crowd: { clients: 3, taskMs: 3_000 },
  fires: [
    { alert: 'WsSlowConsumers', momentary: true },
    { alert: 'WsTerminalUndelivered', momentary: true },
    { alert: 'WsSessionsInterrupted', momentary: true },
  ],
  inCi: true,
})
