import * as board from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { type Alert, BOARD_NAMES, type BoardName, METRICS } from '#catalog'
import { boardUid } from '../links.ts'
import type { Watched } from '../watched.ts'
import { DATASOURCE, type PanelSpec, row, stat, table, timeseries } from './panels.ts'
import { type Queries, queriesOf } from './queries.ts'

/** A board as data: its rows stand in the order of triage. */
export interface BoardSpec {
  name: BoardName
  title: string
  /** What it is for, and for whom. */
  description: string
  /** Every board has the data source, the job and the instance; some the route. */
  variables?: readonly 'route'[]
  rows: readonly { title: string; panels: readonly PanelSpec[] }[]
}

/** What a board's file makes its panels of. */
export interface BoardParts extends Queries {
  watched: Watched
  /** Alerts that a panel explains. */
  explaining(panel: string): string[]
}

export type BoardOf = (parts: BoardParts) => BoardSpec

export function partsFor(watched: Watched, name: BoardName): BoardParts {
  const explains = ({ board, panel }: Alert, title: string) => board === name && panel === title
  return {
    ...queriesOf(watched),
    watched,
    explaining: title => watched.alerts.filter(alert => explains(alert, title)).map(one => one.name),
  }
}

const TITLES: Readonly<Record<BoardName, string>> = {
  overview: 'Overview',
  handshakes: 'Handshakes and wrong paths',
  sessions: 'Sessions and closes',
  delivery: 'Delivery and send-after-close',
  reconnects: 'Reconnects and clients',
  broker: 'Broker and tasks',
  process: 'Process',
  'load-run': 'Load run',
  proof: 'Proof',
}

/** Builds the v1 JSON that Grafana 11 and later read. */
export function buildBoard(spec: BoardSpec, watched: Watched): board.Dashboard {
  const { links } = watched
  const handshakes = METRICS.wsHandshakesTotal.name
  const builder = new board.DashboardBuilder(spec.title)
    .uid(boardUid(spec.name))
    .description(spec.description)
    .tags(['petrel', 'websocket'])
    .refresh('10s')
    .time({ from: 'now-1h', to: 'now' })
    .tooltip(board.DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(new board.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(choice('job', 'Job', `label_values(${handshakes}, job)`))
    .withVariable(choice('instance', 'Instance', `label_values(${handshakes}{job=~"$job"}, instance)`))
  for (const name of spec.variables ?? []) {
    builder.withVariable(choice(name, 'Route', `label_values(${handshakes}{job=~"$job"}, ${name})`))
  }
  builder.link(
    new board.DashboardLinkBuilder('Runbooks')
      .type(board.DashboardLinkType.Link)
      .url(`${links.repository}/docs/runbooks/README.md`)
      .targetBlank(true),
  )
  for (const name of BOARD_NAMES.filter(other => other !== spec.name)) {
    builder.link(
      new board.DashboardLinkBuilder(TITLES[name])
        .type(board.DashboardLinkType.Link)
        .url(`${links.grafana}/d/${boardUid(name)}`)
        .includeVars(true)
        .keepTime(true),
    )
  }
  builder.annotation(alertMarks())
  for (const { title, panels } of spec.rows) {
    builder.withRow(row(title))
    for (const panel of panels) {
      if (panel.kind === 'stat') builder.withPanel(stat(panel, links))
      else if (panel.kind === 'table') builder.withPanel(table(panel, links))
      else builder.withPanel(timeseries(panel, links))
    }
  }
  return builder.build()
}

/** What fires stands as a mark on every panel. */
function alertMarks(): board.AnnotationQueryBuilder {
  return new board.AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('red')
    .titleFormat('{{alertname}}')
    .textFormat('{{job}} {{severity}}')
    .target(
      new DataqueryBuilder()
        .refId('Anno')
        .datasource(DATASOURCE)
        .expr('ALERTS{alertname=~"Ws.+",alertstate="firing",job=~"$job"}')
        .legendFormat('{{alertname}}'),
    )
}

function choice(name: string, label: string, query: string): board.QueryVariableBuilder {
  return new board.QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .refresh(board.VariableRefresh.OnTimeRangeChanged)
    .sort(board.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
}
