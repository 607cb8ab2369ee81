import * as board from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { ALERTS, METRICS, type Metric, SLIS, type Sli, type Where } from '#catalog'
import { OVERVIEW_UID, REPOSITORY } from '../links.ts'
import { selector } from '../rules/selector.ts'
import { DATASOURCE, type PanelSpec, row, stat, timeseries } from './panels.ts'

/** A metric narrowed to what the person chose at the top of the board. */
function chosen(metric: Metric, where: Where = {}): string {
  const text = selector(metric, where)
  const variables = 'job=~"$job",instance=~"$instance"'
  return text.endsWith('}') ? `${text.slice(0, -1)},${variables}}` : `${text}{${variables}}`
}

const rate = (series: string) => `rate(${series}[$__rate_interval])`
const bucket = (metric: Metric<never> | Metric) =>
  chosen({ ...metric, name: `${metric.name}_bucket` } as Metric)

function success({ metric, bad }: Sli): string {
  return `1 - sum by (job) (${rate(chosen(metric, bad))}) / sum by (job) (${rate(chosen(metric))})`
}

function budgetLeft({ metric, bad, objective, objectiveWindow }: Sli): string {
  const increase = (series: string) => `sum by (job) (increase(${series}[${objectiveWindow}]))`
  const budget = (1 - objective).toPrecision(6)
  return `1 - ${increase(chosen(metric, bad))} / ${increase(chosen(metric))} / ${Number(budget)}`
}

const quantiles = (metric: Metric) =>
  [0.5, 0.95, 0.99].map(quantile => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (${rate(bucket(metric))}))`,
    legend: `p${quantile * 100}`,
  }))

const title = (sli: Sli) => `${sli.name.charAt(0).toUpperCase()}${sli.name.slice(1)} success`
const explaining = (panel: string) => ALERTS.filter(alert => alert.panel === panel).map(({ name }) => name)

/** The promise of each SLI: its success against the objective, and what is left of its budget. */
const promises = SLIS.flatMap(sli => [
  timeseries({
    title: title(sli),
    description: `${sli.summary} The line is the objective of ${sli.objective * 100} %. In a flap handshakes stay at 100 % and sessions fall: compare the two.`,
    unit: 'percentunit',
    width: 9,
    objective: sli.objective,
    queries: [{ expr: success(sli), legend: '{{job}}' }],
    alerts: explaining(title(sli)),
  }),
  stat({
    title: `${title(sli)}: budget left`,
    description: `Share of the error budget of ${sli.objectiveWindow} that is left. Under zero the promise is broken.`,
    unit: 'percentunit',
    width: 3,
    objective: 0.1,
    queries: [{ expr: budgetLeft(sli), legend: '{{job}}' }],
  }),
])

const refused: readonly PanelSpec[] = [
  {
    title: 'Handshakes by outcome',
    description:
      'Every handshake, counted before routing. Much `refused` beside little `accepted` is the refused regime; the reason says whose fault it is.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: `sum by (outcome, reason) (${rate(chosen(METRICS.wsHandshakesTotal))}) > 0`,
        legend: '{{outcome}} {{reason}}',
      },
    ],
  },
  {
    title: 'Wrong paths',
    description:
      'Dialled paths that are no stream, by what they nearly were. `missing_prefix` is the founding incident: client and server disagree about one constant.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: `sum by (near_miss) (${rate(chosen(METRICS.wsUnmatchedPathTotal))})`,
        legend: '{{near_miss}}',
      },
    ],
    alerts: explaining('Wrong paths'),
  },
]

const flapping: readonly PanelSpec[] = [
  {
    title: 'Sessions by verdict',
    description:
      'Each session once, at the moment that decides it. `bad short_lived` beside perfect handshakes is the flapping regime.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: `sum by (verdict, reason) (${rate(chosen(METRICS.wsSessionsTotal))}) > 0`,
        legend: '{{verdict}} {{reason}}',
      },
    ],
  },
  {
    title: 'Short-lived sessions',
    description:
      'Clients that were accepted and gone within a second. Compare with all opens: a share of one means that nobody stays.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: `sum by (job) (${rate(chosen(METRICS.wsSessionsTotal, { reason: 'short_lived' }))})`,
        legend: '{{job}} gone within 1 s',
      },
      {
        expr: `sum by (job) (${rate(chosen(METRICS.wsHandshakesTotal, { outcome: 'accepted' }))})`,
        legend: '{{job}} opened',
      },
    ],
    alerts: explaining('Short-lived sessions'),
  },
]

const server: readonly PanelSpec[] = [
  {
    title: 'Sends after close',
    description:
      'Sends into closed sockets. `peer_close first` is a race that is to be expected; `again`, or `local_close`, is a bug of ours: an error path that sends.',
    unit: 'reqps',
    width: 8,
    queries: [
      {
        expr: `sum by (cause, repeat) (${rate(chosen(METRICS.wsSendAfterCloseTotal))})`,
        legend: '{{cause}} {{repeat}}',
      },
    ],
    alerts: explaining('Sends after close'),
  },
  {
    title: 'Closes',
    description:
      'Who ended sessions, and with what class of code. `network abnormal` is a lost connection, `server error` is ours.',
    unit: 'reqps',
    width: 8,
    queries: [
      {
        expr: `sum by (initiator, code_class) (${rate(chosen(METRICS.wsClosesTotal))}) > 0`,
        legend: '{{initiator}} {{code_class}}',
      },
    ],
  },
  {
    title: 'Interrupted sessions',
    description:
      'Sessions that were good and then lost their stream before their task ended, other than by their client or a drain.',
    unit: 'reqps',
    width: 8,
    queries: [
      {
        expr: `sum by (reason) (${rate(chosen(METRICS.wsSessionInterruptionsTotal))})`,
        legend: '{{reason}}',
      },
    ],
  },
]

const traffic: readonly PanelSpec[] = [
  {
    title: 'Connections',
    description: 'Open sockets, and those that wait for the end of their close handshake.',
    unit: 'short',
    width: 6,
    queries: [{ expr: `sum by (state) (${chosen(METRICS.wsConnections)})`, legend: '{{state}}' }],
  },
  {
    title: 'First message',
    description:
      'From the accept to the first frame that tells the user something. Over 2 s the session counts as silent.',
    unit: 's',
    width: 6,
    queries: quantiles(METRICS.wsFirstMessageSeconds),
  },
  {
    title: 'Handshake time',
    description: 'From the first byte of the upgrade to its answer.',
    unit: 's',
    width: 6,
    queries: quantiles(METRICS.wsHandshakeSeconds),
  },
  {
    title: 'Sends by outcome',
    description: 'Frames handed to sockets. Anything but `ok` was not delivered.',
    unit: 'wps',
    width: 6,
    queries: [{ expr: `sum by (outcome) (${rate(chosen(METRICS.wsSendsTotal))})`, legend: '{{outcome}}' }],
  },
]

/** The board that an on-call engineer opens first, in the order of triage. Grafana 11 and later (v1 JSON). */
export function realtimeOverview(): board.Dashboard {
  const builder = new board.DashboardBuilder('Petrel: realtime overview')
    .uid(OVERVIEW_UID)
    .description(
      'Streams over WebSockets, in the order of triage: are people served, do they get in, do they stay, who ends it.',
    )
    .tags(['petrel', 'websocket'])
    .refresh('10s')
    .time({ from: 'now-1h', to: 'now' })
    .tooltip(board.DashboardCursorSync.Crosshair)
    .readonly()
    .link(
      new board.DashboardLinkBuilder('Runbooks')
        .type(board.DashboardLinkType.Link)
        .url(`${REPOSITORY}/docs/runbooks/README.md`)
        .targetBlank(true),
    )
    .withVariable(new board.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(choice('job', 'Job', `label_values(${METRICS.wsHandshakesTotal.name}, job)`))
    .withVariable(
      choice(
        'instance',
        'Instance',
        `label_values(${METRICS.wsHandshakesTotal.name}{job=~"$job"}, instance)`,
      ),
    )
    .annotation(
      new board.AnnotationQueryBuilder()
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
        ),
    )
  builder.withRow(row('Are people served?'))
  for (const panel of promises) builder.withPanel(panel)
  builder.withRow(row('Refused: do they get in?'))
  for (const spec of refused) builder.withPanel(timeseries(spec))
  builder.withRow(row('Flapping: do they stay?'))
  for (const spec of flapping) builder.withPanel(timeseries(spec))
  builder.withRow(row('Our own bugs, and who ends sessions'))
  for (const spec of server) builder.withPanel(timeseries(spec))
  builder.withRow(row('Traffic'))
  for (const spec of traffic) builder.withPanel(timeseries(spec))
  return builder.build()
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
