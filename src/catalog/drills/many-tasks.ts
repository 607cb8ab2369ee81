import { defineDrill } from './define.ts'

export const manyTasks = defineDrill({
  name: 'many-tasks',
  scenario: 'many-tasks',
  crowd: { clients: 4 },
  fires: [],
})
