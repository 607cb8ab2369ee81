import { expect, test } from 'vitest'
import { prometheusClient } from '#run'
import { startCommand } from '../../test/support/command.ts'
import { requireTool } from '../../test/support/require-tool.ts'

test('a recorded incident opens as a Prometheus at its own times, and leaves nothing behind', async () => {
  await Promise.all([requireTool('prometheus'), requireTool('promtool')])
  using up = startCommand(['up', '--recorded', 'incident-refused', '--json'])
  await up.says('end it with Ctrl-C')
  const { prometheus, from, to } = JSON.parse(up.out()) as { prometheus: string; from: string; to: string }
  const client = prometheusClient(prometheus, new AbortController().signal)
  const query = 'count_over_time(ALERTS{alertname="WsWrongPathStorm",alertstate="firing"}[10m])'
  expect(await client.query(query, Date.parse(to))).toHaveLength(1)
  expect(Date.parse(from)).toBeLessThan(Date.parse(to))
  up.signal('SIGINT')
  expect(await up.exited).toBe(0)
  expect(up.left()).toEqual([])
  expect(up.leftFiles()).toEqual([])
})

test('one that is not there is refused with those that are', async () => {
  using up = startCommand(['up', '--recorded', 'incident-unheard-of'])
  expect(await up.exited).toBe(2)
  expect(up.err()).toMatch(/no recording "incident-unheard-of".*\n.*incident-refused/)
})
