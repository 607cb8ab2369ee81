import * as common from '@grafana/grafana-foundation-sdk/common'
import {
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
} from '@grafana/grafana-foundation-sdk/common'
import * as board from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { type Links, panelId, runbookUrl } from '../links.ts'

/** One query of a panel. Every query has a legend: a bare label set helps nobody at 3 a.m. */
export interface Query {
  expr: string
  legend: string
  /** Shows the traces behind the figures, where the data source knows them. */
  exemplars?: true
}

export interface PanelSpec {
  /** Over time unless told otherwise; `stat` is one figure for now, `table` the latest of each series. */
  kind?: 'timeseries' | 'stat' | 'table'
  /** Also decides the id: see `panelId`. */
  title: string
  /** What it shows and what a bad picture looks like. */
  description: string
  /** Grafana's name of a unit: `percentunit`, `reqps`, `s`, `short`. */
  unit: string
  queries: readonly Query[]
  /** Of 24 columns. */
  width: number
  /** Marks the objective as a line; under it is bad. */
  objective?: number
  /** Marks a limit as a line; over it is bad. */
  limit?: number
  /** Alerts that this panel explains; each becomes a link to its runbook. */
  alerts?: readonly string[]
}

/** The data source that the person chose at the top of the board. */
export const DATASOURCE: common.DataSourceRef = { type: 'prometheus', uid: '$datasource' }

const HEIGHT = 8

function prepared<Builder extends TimeseriesBuilder | StatBuilder | TableBuilder>(
  builder: Builder,
  spec: PanelSpec,
  links: Links,
): Builder {
  builder
    .id(panelId(spec.title))
    .title(spec.title)
    .description(spec.description)
    .datasource(DATASOURCE)
    .unit(spec.unit)
    .span(spec.width)
    .height(HEIGHT)
    .links(
      (spec.alerts ?? []).map(alert =>
        new board.DashboardLinkBuilder(`Runbook ${alert}`)
          .type(board.DashboardLinkType.Link)
          .url(runbookUrl(alert, links))
          .targetBlank(true),
      ),
    )
  for (const [index, { expr, legend, exemplars }] of spec.queries.entries()) {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + index))
      .datasource(DATASOURCE)
      .expr(expr)
      .legendFormat(legend)
    if (spec.kind === 'table') query.instant().format(PromQueryFormat.Table)
    else query.range()
    builder.withTarget(exemplars ? query.exemplar(true) : query)
  }
  if (spec.unit === 'percentunit') builder.min(0).max(1)
  else builder.min(0)
  const steps = thresholdsOf(spec)
  if (steps) {
    builder.thresholds(
      new board.ThresholdsConfigBuilder().mode(board.ThresholdsMode.Absolute).steps([...steps]),
    )
  }
  return builder
}

function thresholdsOf({ objective, limit }: PanelSpec): readonly board.Threshold[] | undefined {
  if (objective !== undefined)
    return [
      { value: null, color: 'red' },
      { value: objective, color: 'green' },
    ]
  if (limit !== undefined)
    return [
      { value: null, color: 'green' },
      { value: limit, color: 'red' },
    ]
  return undefined
}

/** A panel over time. */
export function timeseries(spec: PanelSpec, links: Links): TimeseriesBuilder {
  const builder = prepared(new TimeseriesBuilder(), spec, links)
    .lineWidth(2)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
  if (thresholdsOf(spec)) {
    builder.thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Line),
    )
  }
  return builder
}

/** One figure for now. */
export function stat(spec: PanelSpec, links: Links): StatBuilder {
  return prepared(new StatBuilder(), spec, links)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .graphMode(common.BigValueGraphMode.Area)
    .colorMode(common.BigValueColorMode.Value)
}

/** The latest value of each series, one line each. */
export function table(spec: PanelSpec, links: Links): TableBuilder {
  return prepared(new TableBuilder(), spec, links).showHeader(true)
}

/** A titled row that holds the panels after it. */
export function row(title: string): board.RowBuilder {
  return new board.RowBuilder(title).id(panelId(`row: ${title}`))
}
