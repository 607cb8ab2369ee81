import { expect, test } from 'vitest'
import { ALERTS, BOARD_NAMES } from '#catalog'
import { boardUid, panelId } from '../links.ts'
import { alertRules } from '../rules/alert-rules.ts'
import { boards } from './index.ts'
import { boardSchema } from './schema.ts'

/** As Grafana reads them: from the files. */
const files = () => boards().map(({ name, json }) => ({ name, json: JSON.parse(JSON.stringify(json)) }))
const json = () => files()[0]?.json
const BOARDS = files().map(({ name, json }) => {
  const board = boardSchema.parse(json)
  return { name, board, panels: board.panels.flatMap(panel => (panel.type === 'row' ? [] : [panel])) }
})

test('each name of the catalogue is a board', () => {
  expect(BOARDS.map(({ name }) => name)).toEqual(BOARD_NAMES)
  expect(new Set(BOARDS.map(({ board }) => board.uid)).size).toBe(BOARD_NAMES.length)
})

test.each<[string, (broken: ReturnType<typeof json>) => void]>([
  ['an unknown field of the board', broken => Object.assign(broken, { titel: 'x' })],
  ['an unknown field of a query', broken => Object.assign(broken.panels[1].targets[0], { legend: 'x' })],
  ['an unknown panel', broken => Object.assign(broken.panels[1], { type: 'graph' })],
  ['a panel without an id', broken => Object.assign(broken.panels[1], { id: 0 })],
  ['a query without a legend', broken => Object.assign(broken.panels[1].targets[0], { legendFormat: '' })],
  ['a data source by name', broken => Object.assign(broken.panels[1], { datasource: 'Prometheus' })],
])('the schema refuses %s', (_, breakIt) => {
  const broken = json()
  breakIt(broken)
  expect(boardSchema.safeParse(broken).success).toBe(false)
})

test.each(BOARDS)(
  '$name: ids are those of the titles, so that links stay right',
  ({ name, board, panels }) => {
    const ids = board.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { id, title } of panels) expect(id).toBe(panelId(title))
    expect(board.uid).toBe(boardUid(name))
  },
)

test.each(BOARDS)('$name: panels do not overlap and fill their rows', ({ board }) => {
  const taken = new Set<string>()
  for (const { gridPos, title } of board.panels) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken, `${title} lies on another panel`).not.toContain(`${x},${y}`)
        taken.add(`${x},${y}`)
      }
    }
  }
  const bottom = Math.max(...board.panels.map(({ gridPos }) => gridPos.y + gridPos.h))
  expect(taken.size).toBe(24 * bottom)
})

/** Recorded by job, made by k6, or about proofs: these have no instance of the job. */
const WITHOUT_INSTANCE =
  /^(1 - job:ws_\w+:ratio_rate30d\{job=~"\$job"\} \/|sum by \(job\) \(rate\(k6_\w+\{job=~"\$job"\}|k6_\w+\{job=~"\$job"\}$|.*petrel_proof_)/

test.each(BOARDS)(
  '$name: data source, job and instance are variables, and every query goes by them',
  ({ name, board, panels }) => {
    expect(board.templating.list.map(variable => variable.name)).toEqual([
      'datasource',
      'job',
      'instance',
      ...(name === 'handshakes' ? ['route'] : []),
    ])
    for (const panel of panels) {
      expect(panel.datasource.uid).toBe('$datasource')
      for (const { expr, datasource } of panel.targets) {
        expect(datasource.uid).toBe('$datasource')
        if (WITHOUT_INSTANCE.test(expr)) continue
        expect(expr).toContain('job=~"$job"')
        expect(expr).toContain('instance=~"$instance"')
      }
    }
  },
)

test.each(BOARDS)('$name: no board asks for more than 40 queries', ({ panels }) => {
  expect(panels.flatMap(({ targets }) => targets).length).toBeLessThanOrEqual(40)
})

test.each(BOARDS)('$name: the runbooks and every other board are one click away', ({ name, board }) => {
  const urls = board.links.map(({ url }) => url)
  expect(urls[0]).toMatch(/\/docs\/runbooks\/README.md$/)
  expect(urls.slice(1)).toEqual(
    BOARD_NAMES.filter(other => other !== name).map(other =>
      expect.stringContaining(`/d/${boardUid(other)}`),
    ),
  )
})

test.each(ALERTS)('$name: its panel links to its runbook, the alert to its panel', alert => {
  const { panels = [] } = BOARDS.find(({ name }) => name === alert.board) ?? {}
  const panel = panels.find(one => one.title === alert.panel)
  if (!panel) throw new Error(`there is no panel "${alert.panel}" on ${alert.board}`)
  expect(panel.links.map(({ url }) => url)).toContainEqual(
    expect.stringMatching(`/docs/runbooks/${alert.name}.md$`),
  )
  for (const rule of alertRules('production').filter(rule => rule.alert === alert.name)) {
    expect(rule.annotations.dashboard_url).toContain(
      `/d/${boardUid(alert.board)}?var-job={{ $labels.job | urlquery }}&viewPanel=${panel.id}`,
    )
  }
})

test.each(BOARDS)('$name: what fires stands in its marks on every panel', ({ board }) => {
  expect(board.annotations.list.map(({ target }) => target.expr)).toEqual([
    'ALERTS{alertname=~"Ws.+",alertstate="firing",job=~"$job"}',
  ])
})

test('histograms show their exemplars', () => {
  const quantiles = BOARDS.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets)).filter(
    ({ expr }) => expr.startsWith('histogram_quantile'),
  )
  expect(quantiles.length).toBeGreaterThan(20)
  expect(quantiles.every(({ exemplar }) => exemplar)).toBe(true)
})
