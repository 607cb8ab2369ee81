import { html, type Markup, VERDICT_WORDS } from '#report'
import type { AlertObservation, Regime, Replay } from '../result.ts'

/** The incident's table, filled with what was measured. */
export function beforeAfterTable({ table }: Regime): Markup {
  const rows = table.map(({ measure, before, after }) =>
    before === after
      ? html`<tr class="same"><th scope="row">${measure}</th><td>${before}</td><td>${after}</td></tr>`
      : html`<tr><th scope="row">${measure}</th><td class="before">${before}</td><td class="after">${after}</td></tr>`,
  )
  return html`<div class="scroll"><table class="before-after">
<thead><tr><th scope="col">measured in the fault phase</th><th scope="col">before: old client, old server</th><th scope="col">after: new client, new server</th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}

const percent = (share: number | null) =>
  share === null ? 'none' : `${Number.isInteger(share * 100) ? share * 100 : (share * 100).toFixed(1)} %`

/** The four replays of a regime beside each other. */
export function replaysTable({ replays }: Regime): Markup {
  const rows = replays.map(({ client, server, figures, alerts }) => {
    const fired = [...new Set(alerts.filter(({ fired }) => fired).map(({ alert }) => alert))]
    return html`<tr><th scope="row">${client} client, ${server} server</th>
<td>${percent(figures.connectionSuccess)}</td><td>${percent(figures.handshakeSuccess)}</td><td>${percent(figures.sessionSuccess)}</td>
<td>${figures.errorLinesPerSecond.toFixed(1)}</td><td>${figures.reconnectsPerSecondPerClient.toFixed(1)}</td><td>${figures.sendsAfterClose}</td>
<td>${fired.length === 0 ? 'none' : fired.join(', ')}</td></tr>`
  })
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">replay</th><th scope="col">connection success</th><th scope="col">handshake success</th><th scope="col">session success</th><th scope="col">error lines per second</th><th scope="col">reconnects per second and client</th><th scope="col">sends after close</th><th scope="col">alerts that fired</th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}

/** What each alert had to do, did, and when. Alerts that had to stay silent and did are counted, not listed. */
export function alertsTable({ replays }: Regime): Markup {
  const all = replays.flatMap(replay => replay.alerts.map(alert => ({ replay, alert })))
  const isQuiet = ({ alert }: { alert: AlertObservation }) =>
    alert.verdict === 'held' && (alert.expected === 'silent' || (alert.expected === 'either' && !alert.fired))
  const rows = all.filter(entry => !isQuiet(entry)).map(({ replay, alert }) => alertRow(replay, alert))
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">replay</th><th scope="col">alert</th><th scope="col">severity</th><th scope="col">had to</th><th scope="col">time to detect: measured, predicted</th><th scope="col">time to resolve: measured, predicted</th><th scope="col">verdict</th></tr></thead>
<tbody>${rows}</tbody></table></div>
<p class="soft">${all.filter(entry => isQuiet(entry) && entry.alert.expected === 'silent').length} alerts had to stay silent in these replays, and did.</p>`
}

const HAD_TO = { fire: 'fire', silent: 'stay silent', either: 'may fire' } as const

function alertRow({ client, server }: Replay, alert: AlertObservation): Markup {
  const seconds = (value: number | null) => (value === null ? '–' : `${value.toFixed(1)} s`)
  return html`<tr><th scope="row">${client} client, ${server} server</th><td>${alert.alert}</td>
<td>${alert.severity === 'critical' ? 'page' : 'ticket'}</td><td>${HAD_TO[alert.expected]}</td>
<td>${seconds(alert.detect.measured)}, ${seconds(alert.detect.predicted)}</td><td>${seconds(alert.resolve.measured)}, ${seconds(alert.resolve.predicted)}</td>
<td><span class="${alert.verdict}">${VERDICT_WORDS[alert.verdict]}</span>${alert.note === '' ? '' : html`<br>${alert.note}`}</td></tr>`
}
