import { expect, test } from 'vitest'
import { ALERTS, DRILLS } from '#catalog'
import { drillsFor } from './choose.ts'
import { COLUMNS, expectedOf } from './expected.ts'
import { phasesOf } from './phases.ts'

const rows = DRILLS.map(drill => ({ drill, cells: expectedOf(drill) }))
const all = rows.flatMap(({ cells }) => cells)

test('each alert has a column at each of its severities', () => {
  expect(new Set(COLUMNS.map(({ alert }) => alert))).toEqual(new Set(ALERTS.map(({ name }) => name)))
  for (const { rules } of COLUMNS) expect(rules.length).toBeGreaterThan(0)
})

test('at most a tenth of the cells is nobody interested in, and each says why', () => {
  const either = all.filter(({ expected }) => expected === 'either')
  expect(either.length).toBeLessThanOrEqual(all.length / 10)
  for (const { reason } of either) expect(reason).not.toBe('')
})

test.each(COLUMNS.map(({ alert, severity }) => [alert, severity]))(
  '%s (%s) must fire somewhere, in CI too, and stay silent in three drills at least, of CI as well',
  (alert, severity) => {
    const cellsOf = (suite: 'ci' | 'full') =>
      rows
        .filter(({ drill }) => drillsFor({ suite }).includes(drill))
        .flatMap(({ cells }) => cells.filter(cell => cell.alert === alert && cell.severity === severity))
    for (const suite of ['ci', 'full'] as const) {
      const of = (expected: string) => cellsOf(suite).filter(cell => cell.expected === expected).length
      expect(of('fire')).toBeGreaterThanOrEqual(1)
      expect(of('silent')).toBeGreaterThanOrEqual(3)
    }
  },
)

test('controls fire nothing: a healthy crowd, a harmless burst, a deployment done right', () => {
  for (const name of ['healthy', 'harmless-burst', 'deployment-done-right', 'wake-up', 'soak']) {
    const row = rows.find(({ drill }) => drill.name === name)
    expect(
      row?.cells.every(({ expected }) => expected === 'silent'),
      name,
    ).toBe(true)
  }
})

test('all drills are equally long: they share a timeline', () => {
  const lengths = DRILLS.map(drill => Object.values(phasesOf(drill)).reduce((sum, ms) => sum + ms, 0))
  expect(new Set(lengths).size).toBe(1)
})

test('a name means the drill of that name, else all of the scenario; an alert brings its control', () => {
  const names = (wanted: Parameters<typeof drillsFor>[0]) => drillsFor(wanted).map(({ name }) => name)
  expect(names({ suite: 'full', only: ['healthy'] })).toEqual(['healthy'])
  expect(names({ suite: 'full', only: ['rolling-deploy'] }).toSorted()).toEqual([
    'deployment-done-right',
    'one-of-two-killed',
    'server-killed',
    'streams-cut',
  ])
  expect(names({ suite: 'ci', alerts: ['WsDrainStuck'] })).toEqual(['healthy', 'drain-stuck'])
})
