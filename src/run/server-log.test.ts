import { expect, test } from 'vitest'
import { serverLog } from './server-log.ts'

const line = (time: number, level: number, msg = 'websocket_error') => JSON.stringify({ level, time, msg })

test('counts errors and warnings within a span, its start included and its end not', () => {
  const log = serverLog()
  for (const time of [99, 100, 150, 200]) log.add(line(time, 50))
  log.add(line(120, 40))
  log.add(line(121, 30))
  expect(log.count(100, 200)).toEqual({ errors: 2, warnings: 1 })
})

test('keeps the first error lines as they were written, and what a crash printed', () => {
  const log = serverLog()
  for (let time = 0; time < 20; time++) log.add(line(time, 50))
  log.add('Error: boom')
  expect(log.errorLines()).toHaveLength(8)
  expect(log.errorLines()[0]).toBe(line(0, 50))
  expect(log.foreignLines()).toEqual(['Error: boom'])
})
