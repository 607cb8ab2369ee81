import * as common from '@grafana/grafana-foundation-sdk/common'
import {
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
} from '@grafana/grafana-foundation-sdk/common'
import * as board from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { panelId, runbookUrl } from '../links.ts'

/** One query of a panel. Every query has a legend: a bare label set helps nobody at 3 a.m. */
export interface Query {
  expr: string
  legend: string
}

export interface PanelSpec {
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
  /** Alerts that this panel explains; each becomes a link to its runbook. */
  alerts?: readonly string[]
}

/** The data source that the person chose at the top of the board. */
export const DATASOURCE: common.DataSourceRef = { type: 'prometheus', uid: '$datasource' }

const HEIGHT = 8

function prepared<Builder extends TimeseriesBuilder | StatBuilder>(
  builder: Builder,
  spec: PanelSpec,
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
          .url(runbookUrl(alert))
          .targetBlank(true),
      ),
    )
  for (const [index, { expr, legend }] of spec.queries.entries()) {
    builder.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode('A'.charCodeAt(0) + index))
        .datasource(DATASOURCE)
        .expr(expr)
        .legendFormat(legend)
        .range(),
    )
  }
  if (spec.unit === 'percentunit') builder.min(0).max(1)
  else builder.min(0)
  if (spec.objective !== undefined) {
    builder.thresholds(
      new board.ThresholdsConfigBuilder().mode(board.ThresholdsMode.Absolute).steps([
        { value: null, color: 'red' },
        { value: spec.objective, color: 'green' },
      ]),
    )
  }
  return builder
}

/** A panel over time. */
export function timeseries(spec: PanelSpec): TimeseriesBuilder {
  const builder = prepared(new TimeseriesBuilder(), spec)
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
  if (spec.objective !== undefined) {
    builder.thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Line),
    )
  }
  return builder
}

/** One figure for now. */
export function stat(spec: PanelSpec): StatBuilder {
  return prepared(new StatBuilder(), spec)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .graphMode(common.BigValueGraphMode.Area)
    .colorMode(common.BigValueColorMode.Value)
}

/** A titled row that holds the panels after it. */
export function row(title: string): board.RowBuilder {
  return new board.RowBuilder(title).id(panelId(`row: ${title}`))
}
