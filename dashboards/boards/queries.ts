import type { Metric, Selection, Sli, Where } from '#catalog'
import { selectionOf, selector } from '../rules/selector.ts'
import type { Watched } from '../watched.ts'
import type { Query } from './panels.ts'

/** Queries of one catalogue, each narrowed to what the person chose at the top of the board. */
export interface Queries {
  /** `name{…,job=~"$job",instance=~"$instance"}` */
  chosen(metric: Metric | Metric<never>, where?: Where): string
  rate(metric: Metric | Metric<never>, where?: Where): string
  /** Median, 95th and 99th percentile of a histogram, with exemplars where there are any. */
  quantiles(metric: Metric | Metric<never>): Query[]
  /** A series that prom-client, Prometheus or another program names. */
  named(name: string, where?: Readonly<Record<string, string>>): string
  /** Share of good events. */
  success(sli: Sli): string
  /** Share of the budget that is left, from what the rules recorded: a month of raw samples is too much to ask. */
  budgetLeft(sli: Sli): string
}

/** Grafana's own: at least four scrapes, whatever the zoom. */
const RATE_WINDOW = '$__rate_interval'

export function queriesOf({ selector: extra }: Pick<Watched, 'selector'>): Queries {
  const narrowed = (text: string, variables = 'job=~"$job",instance=~"$instance"') =>
    text.endsWith('}') ? `${text.slice(0, -1)},${variables}}` : `${text}{${variables}}`
  const rated = (series: string) => `rate(${series}[${RATE_WINDOW}])`
  const chosen: Queries['chosen'] = (metric, where = {}) => narrowed(selector(metric as Metric, where, extra))
  const sum = (selections: readonly Selection[]) =>
    selections
      .map(selection => `sum by (job) (${rated(narrowed(selectionOf(selection, extra)))})`)
      .join(' + ')
  return {
    chosen,
    rate: (metric, where) => rated(chosen(metric, where)),
    quantiles: metric =>
      [0.5, 0.95, 0.99].map(quantile => ({
        expr: `histogram_quantile(${quantile}, sum by (le) (${rated(chosen({ ...metric, name: `${metric.name}_bucket` } as Metric))}))`,
        legend: `p${quantile * 100}`,
        exemplars: true,
      })),
    named: (name, where = {}) => narrowed(selector({ name, labels: Object.keys(where) }, where, extra)),
    success({ bad, total, good }) {
      if (good) return `(${sum(good)}) / (${sum(total)})`
      return 'good' in bad ? `(${sum(bad.good)}) / (${sum(total)})` : `1 - (${sum(bad)}) / (${sum(total)})`
    },
    budgetLeft({ name, objective, objectiveWindow }) {
      const ratio = narrowed(`job:ws_${name}_errors:ratio_rate${objectiveWindow}`, 'job=~"$job"')
      return `1 - ${ratio} / ${Number((1 - objective).toPrecision(6))}`
    },
  }
}
