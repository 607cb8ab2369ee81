import { html, type Markup } from '#report'
import type { LoadResult } from '#run'
import type { Check } from '../result.ts'
import { CHECK_WORDS, measuredText } from './wording.ts'

/** Every check, those that a reader must see first. */
export function checksTable(checks: readonly Check[]): Markup {
  const order: readonly Check['verdict'][] = ['did_not_hold', 'not_proven', 'warned', 'held', 'left_out']
  const rows = checks
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
    .map(
      check =>
        html`<tr data-check><th scope="row">${check.title}</th><td>${check.id}</td><td><span class="${check.verdict}">${CHECK_WORDS[check.verdict]}</span></td><td>${measuredText(check)}</td><td>${check.limit}</td><td>${samplesText(check)}</td><td>${check.source}</td><td>${check.note}</td></tr>`,
    )
  return html`<div class="scroll"><table class="checks">
<thead><tr><th scope="col">check</th><th scope="col">id</th><th scope="col">verdict</th><th scope="col">measured</th><th scope="col">limit</th><th scope="col">samples</th><th scope="col">set in</th><th scope="col">why</th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}

const samplesText = ({ samples }: Check) =>
  samples === null ? '–' : `${samples.count} of at least ${samples.atLeast}`

/** What the clients counted in each phase. */
export function phasesTable({ phases }: LoadResult): Markup {
  const rows = Object.entries(phases).map(([name, phase]) => {
    const refused = Object.entries(phase.refused).map(([status, count]) => `${count} × ${status}`)
    return html`<tr><th scope="row">${name}</th><td>${((phase.to - phase.from) / 1_000).toFixed(1)} s</td><td>${phase.attempts}</td><td>${phase.accepted}</td><td>${refused.join(', ') || '0'}</td><td>${phase.usable}</td><td>${phase.reconnects}</td><td>${percentiles(phase.connectMs)}</td><td>${percentiles(phase.firstMessageMs)}</td></tr>`
  })
  return html`<div class="scroll"><table class="phases">
<thead><tr><th scope="col">phase</th><th scope="col">length</th><th scope="col">attempts</th><th scope="col">accepted</th><th scope="col">refused</th><th scope="col">usable sessions</th><th scope="col">reconnects</th><th scope="col">handshake p50, p95, p99</th><th scope="col">first message p50, p95, p99</th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}

/** How the crowd came back; nothing where no stream was lost. */
export function recoveryTable({ recovery }: LoadResult): Markup {
  const { losses, p50Ms, p95Ms, p99Ms, neverCameBack, stillWaiting, reloads, attemptsPerRecovery } = recovery
  if (losses === 0) return html``
  const within = (time: number | null) => (time === null ? 'not in this run' : `${Math.round(time)} ms`)
  const attempts =
    attemptsPerRecovery === null ? '–' : `${attemptsPerRecovery.p50}, ${attemptsPerRecovery.max}`
  return html`<div class="scroll"><table class="recovery">
<thead><tr><th scope="col">streams lost</th><th scope="col">half is back within</th><th scope="col">95 %</th><th scope="col">99 %</th><th scope="col">never came back</th><th scope="col">still waiting</th><th scope="col">by a reload</th><th scope="col">attempts for one: p50, most</th><th scope="col">overshoot</th></tr></thead>
<tbody><tr><td>${losses}</td><td>${within(p50Ms)}</td><td>${within(p95Ms)}</td><td>${within(p99Ms)}</td><td>${neverCameBack}</td><td>${stillWaiting}</td><td>${reloads}</td><td>${attempts}</td><td>${recovery.overshoot.toFixed(2)}</td></tr></tbody></table></div>`
}

function percentiles(trend: { p50: number; p95: number; p99: number } | null): string {
  if (trend === null) return '–'
  return `${[trend.p50, trend.p95, trend.p99].map(value => value.toFixed(0)).join(', ')} ms`
}
