import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ALERTS } from '#catalog'
import { readRunbooks } from '#prove'
import { proofFolder, proofTools, prove } from '../support/prove.ts'

test('every alert fires and resolves by a real scenario, and none where it must be silent', async () => {
  await proofTools()
  const names = ALERTS.map(({ name }) => name)
  const runbooks = await readRunbooks(join(import.meta.dirname, '../../docs/runbooks'), names)
  const { code, text, result } = await prove('ci', ['--suite', 'ci'])
  expect(result.failures).toEqual([])
  expect(result.runbooks).toEqual({ queries: runbooks.length, stale: [] })
  expect(code).toBe(0)
  expect(text).toContain('The alerts: held')
  expect(new Set(result.alerts.map(({ alert }) => alert))).toEqual(new Set(ALERTS.map(({ name }) => name)))
  for (const { alert, severity, verdict, firedIn, silentCells } of result.alerts) {
    expect([alert, severity, verdict]).toEqual([alert, severity, 'held'])
    expect(firedIn.length).toBeGreaterThan(0)
    expect(silentCells).toBeGreaterThanOrEqual(3)
  }
  for (const score of result.scores) {
    expect(score).toMatchObject({ precision: 1, recall: 1, falsePositives: 0, falseNegatives: 0 })
  }
  const metrics = readFileSync(join(proofFolder, 'ci', 'proof.prom'), 'utf8')
  expect(metrics.match(/^petrel_proof_held\{.*\} 1$/gm)).toHaveLength(result.alerts.length)
}, 1_200_000)
