import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLogger } from './log.ts'

function logged() {
  const writes: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      writes.push(String(chunk))
      done()
    },
  })
  const names = () =>
    writes.map(text =>
      text
        .trimEnd()
        .split('\n')
        .map(line => (JSON.parse(line) as { msg: string }).msg),
    )
  return { log: createLogger('info', sink), names }
}

test('lines of a few milliseconds are one write, in their order', async () => {
  const { log, names } = logged()
  log.info('one')
  log.info('two')
  expect(names()).toEqual([])
  await expect.poll(names, { interval: 1 }).toEqual([['one', 'two']])
  log.info('three')
  await expect.poll(names, { interval: 1 }).toEqual([['one', 'two'], ['three']])
})

test('many lines do not wait', () => {
  const { log, names } = logged()
  for (let line = 0; line < 700; line++) log.info({ filler: 'x'.repeat(100) }, 'one of many')
  expect(names()).toHaveLength(1)
})

test('an error is written at once, after what came before it', () => {
  const { log, names } = logged()
  log.info('before')
  log.error('error')
  expect(names()).toEqual([['before', 'error']])
})
