import { afterAll, expect, test } from 'vitest'
import { withScope } from '#core'
import { consoleLines, type GateResult } from '#gate'
import { startReferenceServer } from '#run'
import { phasesOf, playGate, scenarioNamed } from '../support/play-gate.ts'

const interrupt = new AbortController()
afterAll(() => interrupt.abort())

/** Plays `healthy` in turns against a server and another with faults, and compares them. */
function compare(
  repeat: number,
  faults: readonly string[],
  effect: number,
): Promise<GateResult & { order: string[] }> {
  const { signal } = interrupt
  const order: string[] = []
  return withScope(async scope => {
    const base = scope.use(await startReferenceServer({ name: 'base', signal }))
    const head = scope.use(await startReferenceServer({ name: 'head', faults, signal }))
    const result = await playGate({
      scenarios: [scenarioNamed('healthy')],
      repeat,
      settings: () => ({ clients: 6, taskMs: 500, phases: phasesOf(2_000) }),
      target: { url: head.url },
      base: { target: { url: base.url }, effect },
      report: line => {
        const side = /^\d+ of \d+: healthy( \(the base\))?:/.exec(line)
        if (side) order.push(side[1] === undefined ? 'head' : 'base')
      },
      signal,
    })
    return { ...result, order }
  })
}

const comparisonOf = ({ runs }: GateResult) => runs.find(({ scenario }) => scenario.endsWith('its baseline'))

test('a slower head is found by runs in turns, each side first as often as the other', async () => {
  // Each takes 5 runs: with fewer no shift could pass for beyond chance, once corrected for its measures.
  const result = await compare(5, ['slow-history'], 0.5)
  expect(result.order).toEqual([
    'base',
    'head',
    'head',
    'base',
    'base',
    'head',
    'head',
    'base',
    'base',
    'head',
  ])
  // The runs of the head alone are judged and reported, and the comparison beside them.
  expect(result.runs.map(({ scenario }) => scenario)).toEqual([
    ...Array.from({ length: 5 }, () => 'healthy'),
    'healthy against its baseline',
  ])
  const first = comparisonOf(result)?.checks.find(({ id }) => id === 'baseline/first-message')
  expect(first).toMatchObject({ verdict: 'did_not_hold' })
  expect(first?.comparison?.base).toHaveLength(5)
  expect(first?.comparison?.shift).toBeGreaterThan(0.5)
  expect(result).toMatchObject({ verdict: 'did_not_hold', exitCode: 1 })
})

test('one run of each side proves nothing, and says so', async () => {
  const result = await compare(1, [], 0.1)
  const comparison = comparisonOf(result)
  expect(comparison).toMatchObject({ verdict: 'not_proven' })
  expect(result).toMatchObject({ verdict: 'not_proven', exitCode: 4 })
  expect(consoleLines(result, verdict => verdict).join('\n')).toContain('1 and 1 runs can show no change')
})
