import { expect, test } from 'vitest'
import { ALERTS } from '#catalog'
import { OVERVIEW_UID, panelId } from '../links.ts'
import { alertRules } from '../rules/alert-rules.ts'
import { realtimeOverview } from './realtime-overview.ts'
import { boardSchema } from './schema.ts'

/** As Grafana reads it: from the file. */
const json = () => JSON.parse(JSON.stringify(realtimeOverview()))
const board = boardSchema.parse(json())
const panels = board.panels.flatMap(panel => (panel.type === 'row' ? [] : [panel]))

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

test('ids are those of the titles, so that links stay right', () => {
  const ids = board.panels.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { id, title } of panels) expect(id).toBe(panelId(title))
  expect(board.uid).toBe(OVERVIEW_UID)
})

test('panels do not overlap and fill their rows', () => {
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

test('the data source, the job and the instance are variables, and every query goes by them', () => {
  expect(board.templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance'])
  for (const panel of panels) {
    expect(panel.datasource.uid).toBe('$datasource')
    for (const { expr, datasource } of panel.targets) {
      expect(datasource.uid).toBe('$datasource')
      expect(expr).toContain('job=~"$job"')
      expect(expr).toContain('instance=~"$instance"')
    }
  }
})

test('no board asks for more than 40 queries', () => {
  expect(panels.flatMap(({ targets }) => targets).length).toBeLessThanOrEqual(40)
})

test('each alert has its panel here; the panel links to its runbook, the alert to the panel', () => {
  for (const { name, panel: title } of ALERTS) {
    const panel = panels.find(one => one.title === title)
    if (!panel) throw new Error(`${name}: there is no panel "${title}"`)
    expect(panel.links.map(({ url }) => url)).toContainEqual(
      expect.stringMatching(`/docs/runbooks/${name}.md$`),
    )
    for (const rule of alertRules('production').filter(({ alert }) => alert === name)) {
      expect(rule.annotations.dashboard_url).toMatch(
        `/d/${OVERVIEW_UID}?var-job={{ $labels.job | urlquery }}&viewPanel=${panel.id}`,
      )
    }
  }
})

test('what an alert says stands in its marks on every panel', () => {
  expect(board.annotations.list.map(({ target }) => target.expr)).toEqual([
    'ALERTS{alertname=~"Ws.+",alertstate="firing",job=~"$job"}',
  ])
})
