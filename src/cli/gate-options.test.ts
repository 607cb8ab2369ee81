import { expect, test } from 'vitest'
import { SCENARIOS } from '#catalog'
import { readConfig } from '#gate'
import { faultCommandOf, fittedSettings, scenarioOf } from './gate-options.ts'

const file = (yaml: string) => readConfig(`version: 1\ngate:\n${yaml}`, 'petrel.yaml').config.gate ?? {}
const deploy = scenarioOf('rolling-deploy')

test('phases last as the file says, for all scenarios and then for the one; the rest fits into the suite', () => {
  const phases = file(`  phases:
    '*': { fault: 12s, steady: 4s }
    rolling-deploy: { fault: 3m }`)
  const scenarios = [scenarioOf('healthy'), deploy]
  const lengths = (scenario: (typeof SCENARIOS)[number]) =>
    fittedSettings('smoke', scenarios, phases)(scenario).phases
  const fitted = fittedSettings('smoke', scenarios, {})(deploy).phases
  expect(lengths(deploy)).toEqual({ ...fitted, steady: 4_000, fault: 180_000 })
  expect(lengths(scenarioOf('healthy'))).toMatchObject({ steady: 4_000, fault: 12_000 })
})

test('the command of the file is for the target of the file; an option takes its place', () => {
  const told = file('  target: http://127.0.0.1:1\n  faultCommand: ./restart')
  const target = { url: 'http://127.0.0.1:1' }
  expect(faultCommandOf({}, told, [deploy], target)).toBe('./restart')
  expect(faultCommandOf({ faultCommand: './other' }, told, [deploy], target)).toBe('./other')
  expect(() => faultCommandOf({ target: 'http://127.0.0.1:2' }, told, [deploy], target)).toThrow(
    'rolling-deploy needs a command that replaces the servers',
  )
})

test('a command in the file is for whatever wants one; as an option it must be wanted', () => {
  const scenarios = [scenarioOf('healthy')]
  const target = { url: 'http://127.0.0.1:1' }
  expect(() => faultCommandOf({}, { faultCommand: './restart' }, scenarios, target)).not.toThrow()
  expect(() => faultCommandOf({ faultCommand: './restart' }, {}, scenarios, target)).toThrow(
    'no scenario that is played takes one',
  )
  expect(() => faultCommandOf({}, {}, SCENARIOS, undefined)).not.toThrow()
})
