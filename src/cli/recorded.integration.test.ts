import { expect, test } from 'vitest'
import { requireTool } from '../../test/support/require-tool.ts'
import { proveRecorded } from './recorded.ts'

test('recordings are proven in seconds: a line for each alert that fired, a verdict and its exit code', async () => {
  await requireTool('promtool')
  let out = ''
  const io = {
    out: (text: string) => {
      out += text
    },
    err: () => {},
    cwd: '/',
    env: process.env,
    colour: false,
    signal: new AbortController().signal,
  }
  expect(await proveRecorded({ names: ['incident-refused'] }, io)).toBe(0)
  expect(out).toMatch(/^incident-refused +WsWrongPathStorm +critical +fire +[\d.]+ s +[\d.]+ s +held$/m)
  expect(out).toContain('1 recordings under the present rules: held')
  expect(await proveRecorded({ folder: '/nonexistent' }, io)).toBe(4)
  expect(out).toContain('not proven\n  there are no recordings')
  await expect(proveRecorded({ names: ['incident-unheard-of'] }, io)).rejects.toThrow(
    /no recording "incident-unheard-of"/,
  )
})
