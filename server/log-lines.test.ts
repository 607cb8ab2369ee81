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

test('lines of one turn of the loop are one write', async () => {
  const { log, names } = logged()
  log.info('one')
  log.info('two')
  expect(names()).toEqual([])
  await new Promise(setImmediate)
  log.info('three')
  await new Promise(setImmediate)
  expect(names()).toEqual([['one', 'two'], ['three']])
})

test('an error is written at once, after what came before it', () => {
  const { log, names } = logged()
  log.info('before')
  log.error('error')
  expect(names()).toEqual([['before', 'error']])
})
