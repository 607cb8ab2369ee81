import { defineDrill } from './define.ts'

export const streamsCut = defineDrill({
  name: 'streams-cut',
  scenario: 'rolling-deploy',
  when: 'A proxy before the server cuts every stream each 7 s.',
  disturbance: { kind: 'cut-streams', everyMs: 7_000 },
  // Two cuts lie in one window of the storm alert: fewer returns than it takes.
  crowd: { clients: 8 },
  fires: [{ alert: 'WsSessionsInterrupted' }],
  inCi: true,
})
