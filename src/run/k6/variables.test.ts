import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { PHASES } from '#catalog'
import { OF_A_SCENARIO } from './variables.ts'

test('every variable that a scenario reads is kept from it unless it was meant', () => {
  const file = resolve(import.meta.dirname, '../../../loadtests/lib/settings.ts')
  const text = readFileSync(file, 'utf8')
  const named = [...text.matchAll(/__ENV\.(\w+)|number\('(\w+)'/g)].map(([, a, b]) => a ?? b ?? '')
  expect(named.length).toBeGreaterThan(10)
  const ofPhases = PHASES.map(phase => `${phase.toUpperCase()}_MS`)
  for (const name of [...named, ...ofPhases]) expect(name).toMatch(OF_A_SCENARIO)
  expect('PATH').not.toMatch(OF_A_SCENARIO)
})
