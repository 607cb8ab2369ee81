import { expect, test } from 'vitest'
import type { PrometheusClient } from '#run'
import { COLUMNS } from './expected.ts'
import { predictFor } from './predict.ts'

const times = { warmupFrom: 0, fault: { from: 20_000, to: 45_000 }, recoveryTo: 85_000 }
const rulesOf = (alert: string, severity = 'critical') => {
  const column = COLUMNS.find(one => one.alert === alert && one.severity === severity)
  if (!column) throw new Error(`no ${alert} (${severity})`)
  return column.rules
}

/** A Prometheus that knows how many events a second there were of a selector, in the fault and else. */
function counted(rates: (selector: string, inFault: boolean) => number, gauge = 0): PrometheusClient {
  return {
    async query(expression, at) {
      const [, selector = '', range = '0'] = /increase\((.+)\[(\d+)s\]\)/.exec(expression) ?? []
      const inFault = at > 21_000 && at <= 46_000
      const value = selector === '' ? gauge : rates(selector, inFault) * (Number(range) - 2)
      return [{ labels: {}, points: [[at, value]] }]
    },
    range: async () => [],
  }
}

test('a rate: by what the servers counted in the fault', async () => {
  const storm = counted((selector, inFault) => (selector.includes('wrong_path') && inFault ? 50 : 5))
  const { detect, resolve } = await predictFor(rulesOf('WsWrongPathStorm'), storm, 'a', times)
  expect(detect).toBeCloseTo(0.2 + 2 + 1, 1)
  expect(resolve).toBeCloseTo(9.8 + 5 + 1.5, 1)
})

test('a burn rate: by the share of bad events, which a histogram tells by what is left of all', async () => {
  const half = counted((selector, inFault) => {
    if (selector.includes('_bucket')) return inFault ? 5 : 10
    return 10
  })
  const { detect, resolve } = await predictFor(rulesOf('WsDeliveryLag'), half, 'a', times)
  // A page at 7.2 % of 60 s, of which 20 s are history and the fault.
  expect(detect).toBeGreaterThan(5)
  expect(detect).toBeLessThan(8)
  expect(resolve).toBeCloseTo(8.6 + 5 + 1.5, 0)
})

test('what was not counted never fires; a silence needs no traffic', async () => {
  const nothing = counted(() => 0)
  expect(await predictFor(rulesOf('WsFlapping'), nothing, 'a', times)).toEqual({
    detect: null,
    resolve: null,
  })
  expect((await predictFor(rulesOf('WsTrafficGone'), nothing, 'a', times)).detect).toBeCloseTo(15 + 2 + 1, 0)
})
