import { html, type Markup } from '#report'
import type { FiredAlert } from '../alerts.ts'
import type { UpFigures } from '../figures.ts'
import type { UpState } from './state.ts'

const SHOWN_ALERTS = 12

/** What fires first, then what is over, the latest first. */
export function alertsTable(alerts: readonly FiredAlert[], now: number): Markup {
  if (alerts.length === 0) return html`<p class="no-data">No alert has fired yet.</p>`
  const latest = alerts.toReversed()
  const ordered = [
    ...latest.filter(({ resolvedAt }) => resolvedAt === null),
    ...latest.filter(({ resolvedAt }) => resolvedAt !== null),
  ]
  const rows = ordered.slice(0, SHOWN_ALERTS).map(
    ({ alert, severity, summary, runbook, firedAt, resolvedAt }) => html`<tr data-alert="${alert}">
<th scope="row">${alert}<br><span class="soft">${summary}</span></th>
<td class="${severity}">${severity === 'critical' ? 'page' : 'ticket'}</td>
<td>${resolvedAt === null ? html`<span class="${severity}">firing</span> for ${ago(firedAt, now)}` : html`<span class="held">resolved</span> after ${ago(firedAt, resolvedAt)}`}</td>
<td>${clock(firedAt)}</td><td>${resolvedAt === null ? '–' : clock(resolvedAt)}</td><td>${runbook}</td></tr>`,
  )
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">alert</th><th scope="col">severity</th><th scope="col">state</th><th scope="col">fired (UTC)</th><th scope="col">resolved (UTC)</th><th scope="col">runbook</th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}

/** Each promise, kept or not. */
export function keptTable({ kept, window }: UpFigures): Markup {
  const rows = kept.map(({ name, summary, objective, success, budgetLeft }) => {
    const state = success === null ? 'soft' : success >= objective ? 'held' : 'did_not_hold'
    const left = budgetLeft === null ? 'soft' : budgetLeft >= 0 ? 'held' : 'did_not_hold'
    return html`<tr data-sli="${name}"><th scope="row">${name}<br><span class="soft">${summary}</span></th>
<td class="${state}">${percent(success)}</td><td>${percent(objective)}</td><td class="${left}">${budget(budgetLeft)}</td></tr>`
  })
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">promise</th><th scope="col">kept, last ${window}</th><th scope="col">objective</th><th scope="col">budget left since the start</th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}

export function countsTable({ counts }: UpFigures): Markup {
  const rows = counts.map(
    ({ name, unit, value }) =>
      html`<tr data-count="${name}"><th scope="row">${name}</th><td>${value === null ? '–' : Math.round(value * 10) / 10} ${unit}</td></tr>`,
  )
  return html`<div class="scroll"><table><tbody>${rows}</tbody></table></div>`
}

export function partsTable(parts: UpState['parts']): Markup {
  const rows = parts.map(
    ({ name, url }) =>
      html`<tr><th scope="row">${name}</th><td>${url === null ? html`<span class="soft">starts</span>` : url.startsWith('http') ? html`<a href="${url}" rel="noreferrer">${url}</a>` : url}</td></tr>`,
  )
  return html`<div class="scroll"><table><tbody>${rows}</tbody></table></div>`
}

const percent = (share: number | null) =>
  share === null ? 'none yet' : `${Number((share * 100).toFixed(2))} %`
const budget = (left: number | null) =>
  left !== null && left < 0 ? `none: spent ${Number((1 - left).toPrecision(3))} times` : percent(left)
const ago = (from: number, to: number) => `${Math.max(0, Math.round((to - from) / 1_000))} s`
const clock = (time: number) => new Date(time).toISOString().slice(11, 19)
