import { defineDrill } from './define.ts'

export const terminalRace = defineDrill({
  name: 'terminal-race',
  scenario: 'terminal-race',
  // Tasks of a second would make every drop a session that was too short.
  crowd: { clients: 4, taskMs: 3_000 },
  fires: [],
})
