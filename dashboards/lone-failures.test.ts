import { expect, test } from 'vitest'
import { loneFailures } from './lone-failures.ts'
import { tunedBy } from './settings.ts'
import { CATALOGUE } from './watched.ts'

test('as shipped, no burn alert fires for one bad event', () => {
  expect(loneFailures(CATALOGUE)).toEqual([])
})

test('a strict objective says which floor it needs, and that floor is enough', () => {
  // 1 h × 14.4 × 0.0001 is 5.184 s: one event in as long must be the least.
  const strict = 'objectives: { session: 0.9999 }\n'
  expect(loneFailures(tunedBy(strict, 'test'))).toEqual([
    'session at 99.99 %: with the traffic floor of 0.02 events a second, a single bad event in 1h can fire its burn alert; set trafficFloor.production to 0.2 or more',
  ])
  expect(loneFailures(tunedBy(`${strict}trafficFloor: { production: 0.2 }`, 'test'))).toEqual([])
  expect(loneFailures(tunedBy(`${strict}trafficFloor: { production: 0.19 }`, 'test'))).toHaveLength(1)
})

test('an objective that no burn alert goes by needs no floor', () => {
  const off = "{ off: 'not wanted' }"
  const settings = `objectives: { session: 0.9999 }\nalerts: { WsSessionBudgetBurn: ${off} }`
  expect(loneFailures(tunedBy(settings, 'test'))).toEqual([])
})
