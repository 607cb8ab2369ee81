import { expect, test } from 'vitest'
import { deadPanels, mergePanelProofs, panelFindings } from './panel-findings.ts'
import { moves, type PanelProof, probePanels } from './probe-panels.ts'

const proof = (changes: Partial<PanelProof> = {}): PanelProof => ({
  board: 'sessions',
  panel: 'Drain',
  refId: 'A',
  expr: 'ws_drain_remaining',
  dataIn: ['web'],
  movesIn: ['web'],
  refused: '',
  ...changes,
})

test.each<[number[], boolean]>([
  [[0, 0, 0], false],
  [[], false],
  [[5], false],
  [[0, 0, 1], true],
  [[1_000, 1_005], false],
  [[1_000, 1_011], true],
  [[-1, 1], true],
])('%j moves: %s', (values, expected) => {
  expect(moves(values)).toBe(expected)
})

test('a panel is alive when each of its queries had data and moved, in whatever run', () => {
  const here = [proof({ movesIn: [] }), proof({ refId: 'B', dataIn: [], movesIn: [] })]
  const there = [proof({ dataIn: ['other'], movesIn: ['other'] }), proof({ refId: 'B' })]
  expect(deadPanels(here)).toHaveLength(1)
  expect(mergePanelProofs([here, there])).toEqual([
    proof({ dataIn: ['web', 'other'], movesIn: ['other'] }),
    proof({ refId: 'B' }),
  ])
  expect(deadPanels(mergePanelProofs([here, there]))).toEqual([])
})

test('a dead panel is named once, with what is wrong with each of its queries', () => {
  const proofs = [
    proof(),
    proof({ refId: 'B', dataIn: [], movesIn: [] }),
    proof({ refId: 'C', movesIn: [] }),
    proof({ panel: 'Closes', refused: 'Prometheus refused `x`: parse error' }),
  ]
  expect(panelFindings(proofs)).toEqual([
    'panel "Drain" of sessions is dead: query B had no data in any run: ws_drain_remaining; query C had data in web and never moved: ws_drain_remaining',
    'panel "Closes" of sessions is dead: query A was refused: Prometheus refused `x`: parse error',
  ])
})

test.each([
  ['sum(a) > 0', ['web']],
  ['sum(a)', []],
])('%s, of which half is missing, moves in %j', async (expr, expected) => {
  const half = { labels: {}, points: [1_000, 2_000].map(time => [time, 1] as const) }
  const client = { query: async () => [], range: async () => [half] }
  const run = { job: 'web', span: { from: 0, to: 3_000 } }
  const [only] = await probePanels(client, [run], [{ board: 'sessions', panel: 'x', refId: 'A', expr }])
  expect(only?.movesIn).toEqual(expected)
})

test('a Prometheus that does not answer is no finding about a panel', async () => {
  const down = {
    query: async () => [],
    range: async () => {
      throw new Error('Prometheus at http://127.0.0.1:1 did not answer query_range')
    },
  }
  const run = { job: 'web', span: { from: 0, to: 1_000 } }
  await expect(
    probePanels(down, [run], [{ board: 'sessions', panel: 'x', refId: 'A', expr: 'up' }]),
  ).rejects.toThrow('did not answer')
})
