import { METRICS, type Sli } from '#catalog'
import type { BoardOf, BoardParts } from './board.ts'
import type { PanelSpec } from './panels.ts'

/** Title of an SLI's panel: `Session success`. */
const successTitle = ({ name }: Pick<Sli, 'name'>) =>
  `${name.charAt(0).toUpperCase()}${name.slice(1)} success`

/** The two that tell the regimes apart. */
const comparing = ({ name }: Pick<Sli, 'name'>) =>
  name === 'session' || name === 'handshake'
    ? ' In a flap handshakes stay at 100 % and sessions fall: compare the two.'
    : ''

/** The promise of each SLI: its success against the objective, and what is left of its budget. */
const promises = ({ watched, success, budgetLeft, explaining }: BoardParts): PanelSpec[] =>
  watched.slis.flatMap((sli): PanelSpec[] => [
    {
      title: successTitle(sli),
      description: `${sli.summary} The line is the objective of ${Number((sli.objective * 100).toPrecision(6))} %.${comparing(sli)}`,
      unit: 'percentunit',
      width: 9,
      objective: sli.objective,
      queries: [{ expr: success(sli), legend: '{{job}}' }],
      alerts: explaining(successTitle(sli)),
    },
    {
      kind: 'stat',
      title: `${successTitle(sli)}: budget left`,
      description: `Share of the error budget of ${sli.objectiveWindow} that is left. Under zero the promise is broken.`,
      unit: 'percentunit',
      width: 3,
      objective: 0.1,
      queries: [{ expr: budgetLeft(sli), legend: '{{job}}' }],
    },
  ])

const refused = ({ rate, explaining }: BoardParts): PanelSpec[] => [
  {
    title: 'Handshakes by outcome',
    description:
      'Every handshake, counted before routing. Much `refused` beside little `accepted` is the refused regime; the reason says whose fault it is.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: `sum by (outcome, reason) (${rate(METRICS.wsHandshakesTotal)}) > 0`,
        legend: '{{outcome}} {{reason}}',
      },
    ],
    alerts: explaining('Handshakes by outcome'),
  },
  {
    title: 'Wrong paths',
    description:
      'Dialled paths that are no stream, by what they nearly were. `missing_prefix` is the founding incident: client and server disagree about one constant.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: `sum by (near_miss) (${rate(METRICS.wsUnmatchedPathTotal)})`,
        legend: '{{near_miss}}',
      },
    ],
    alerts: explaining('Wrong paths'),
  },
]

const flapping = ({ rate, explaining }: BoardParts): PanelSpec[] => [
  {
    title: 'Sessions by verdict',
    description:
      'Each session once, at the moment that decides it. `bad short_lived` beside perfect handshakes is the flapping regime.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: `sum by (verdict, reason) (${rate(METRICS.wsSessionsTotal)}) > 0`,
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
        expr: `sum by (job) (${rate(METRICS.wsSessionsTotal, { reason: 'short_lived' })})`,
        legend: '{{job}} gone within 1 s',
      },
      {
        expr: `sum by (job) (${rate(METRICS.wsHandshakesTotal, { outcome: 'accepted' })})`,
        legend: '{{job}} opened',
      },
    ],
    alerts: explaining('Short-lived sessions'),
  },
]

const server = ({ rate, explaining }: BoardParts): PanelSpec[] => [
  {
    title: 'Sends after close',
    description:
      'Sends into closed sockets. `peer_close first` is a race that is to be expected; `again`, or `local_close`, is a bug of ours: an error path that sends.',
    unit: 'reqps',
    width: 8,
    queries: [
      {
        expr: `sum by (cause, repeat) (${rate(METRICS.wsSendAfterCloseTotal)})`,
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
        expr: `sum by (initiator, code_class) (${rate(METRICS.wsClosesTotal)}) > 0`,
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
        expr: `sum by (reason) (${rate(METRICS.wsSessionInterruptionsTotal)})`,
        legend: '{{reason}}',
      },
    ],
  },
]

const traffic = ({ chosen, rate, quantiles, named, explaining }: BoardParts): PanelSpec[] => [
  {
    title: 'Connections',
    description: 'Open sockets, and those that wait for the end of their close handshake.',
    unit: 'short',
    width: 5,
    queries: [{ expr: `sum by (state) (${chosen(METRICS.wsConnections)})`, legend: '{{state}}' }],
  },
  {
    title: 'Servers that are watched',
    description:
      'Servers whose metrics are read. Where one is missing, nothing below is known of it, and no alert of it can fire.',
    unit: 'short',
    width: 4,
    queries: [{ expr: `sum by (job) (${named('up')})`, legend: '{{job}}' }],
    alerts: explaining('Servers that are watched'),
  },
  {
    title: 'First message',
    description:
      'From the accept to the first frame that tells the user something. Over 2 s the session counts as silent.',
    unit: 's',
    width: 5,
    queries: quantiles(METRICS.wsFirstMessageSeconds),
  },
  {
    title: 'Handshake time',
    description: 'From the first byte of the upgrade to its answer.',
    unit: 's',
    width: 5,
    queries: quantiles(METRICS.wsHandshakeSeconds),
  },
  {
    title: 'Sends by outcome',
    description: 'Frames handed to sockets. Anything but `ok` was not delivered.',
    unit: 'wps',
    width: 5,
    queries: [{ expr: `sum by (outcome) (${rate(METRICS.wsSendsTotal)})`, legend: '{{outcome}}' }],
  },
]

/** The board that an on-call engineer opens first, in the order of triage. */
export const realtimeOverview: BoardOf = parts => ({
  name: 'overview',
  title: 'Petrel: realtime overview',
  description:
    'Streams over WebSockets, in the order of triage: are people served, do they get in, do they stay, who ends it.',
  rows: [
    { title: 'Are people served?', panels: promises(parts) },
    { title: 'Refused: do they get in?', panels: refused(parts) },
    { title: 'Flapping: do they stay?', panels: flapping(parts) },
    { title: 'Our own bugs, and who ends sessions', panels: server(parts) },
    { title: 'Traffic', panels: traffic(parts) },
  ],
})
