import { expect, test } from 'vitest'
import { PHASES, SCENARIOS } from '#catalog'
import { phaseLengths } from '#run'
import { fitted, scenariosOf } from './suites.ts'

test('smoke has six scenarios, ci every one that needs neither hours nor a command', () => {
  expect(scenariosOf('smoke')).toHaveLength(6)
  const names = scenariosOf('ci').map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(scenariosOf('smoke').map(({ name }) => name)))
  expect(names).not.toContain('soak')
  expect(names).not.toContain('rolling-deploy')
})

test('full has every scenario there is, each at its own length', () => {
  expect(scenariosOf('full')).toEqual(SCENARIOS)
  for (const scenario of SCENARIOS) {
    expect(fitted(scenario, 'full', SCENARIOS).phases).toEqual(phaseLengths(scenario, {}))
  }
})

test('silent peers get two and a half heartbeats, however short the others must be', () => {
  const scenarios = scenariosOf('ci')
  const halfOpen = scenarios.find(({ name }) => name === 'half-open')
  if (!halfOpen) throw new Error('ci has no half-open')
  expect(fitted(halfOpen, 'ci', scenarios).phases?.fault).toBeGreaterThanOrEqual(2.5 * 25_000)
})

test.each(['smoke', 'ci'] as const)(
  'the phases of %s fit into its time with room for all that is around them',
  suite => {
    const scenarios = scenariosOf(suite)
    const whole = scenarios.reduce((sum, scenario) => {
      const { phases = {} } = fitted(scenario, suite, scenarios)
      for (const phase of PHASES) expect(phases[phase]).toBeGreaterThanOrEqual(2_000)
      return sum + PHASES.reduce((all, phase) => all + (phases[phase] ?? 0), 0)
    }, 0)
    const budget = suite === 'smoke' ? 90_000 : 300_000
    expect(whole + 6_000 * scenarios.length).toBeLessThanOrEqual(budget)
  },
)

test('alone, a scenario has its own length and no more', () => {
  const [scenario] = scenariosOf('smoke')
  if (!scenario) throw new Error('there is no scenario')
  const { phases = {} } = fitted(scenario, 'ci', [scenario])
  for (const phase of PHASES) expect(`${(phases[phase] ?? 0) / 1_000}s`).toBe(scenario.phases[phase])
})
