import { html, lineChart, type Markup, STYLES, type TimeFrame, VERDICT_WORDS } from '#report'
import type { DemoResult, Regime, Replay } from '../result.ts'
import { alertStrip } from './alert-strip.ts'
import { alertsTable, beforeAfterTable, replaysTable } from './tables.ts'

const ABOUT_REGIME: Readonly<Record<Regime['name'], string>> = {
  refused:
    'The old client dials a path that the server does not serve, is answered with 404, and dials again 100 ms later, without end. No session is ever opened, so only handshakes tell.',
  flapping:
    'The old client dials the right path, is accepted, leaves within 20 ms and comes back 100 ms later. Every handshake succeeds and nobody is served: only sessions tell.',
}

/**
 * The report of a demo as one self-contained HTML page: no scripts, no requests, light and dark. Everything in
 * the result is taken as text from outside and escaped.
 */
export function renderReport(result: DemoResult): string {
  const machine = Object.entries(result.environment).map(([name, value]) => `${name} ${value}`)
  const failures = result.failures.map(sentence => html`<li>${sentence}</li>`)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Petrel: the founding incident, ${VERDICT_WORDS[result.verdict]}</title>
<style>${STYLES}</style>
</head>
<body>
<main>
<h1>The founding incident, replayed</h1>
<p><span class="verdict ${result.verdict}">${VERDICT_WORDS[result.verdict]}</span></p>
<p>${summary(result)}</p>
${failures.length === 0 ? '' : html`<ul>${failures}</ul>`}
<p class="soft">${result.startedAt} to ${result.finishedAt}. Charts begin with the warm-up; the fault phase is shaded, a dotted line marks each alert that fires.</p>
${result.regimes.map(regimeSection)}
<footer>${machine.join(' · ')} · result schema ${result.schema}</footer>
</main>
</body>
</html>
`.text
}

function summary({ verdict, failures }: DemoResult): string {
  if (verdict === 'held') {
    return 'The incident reproduces with the old client and the old server, the right alerts fired and resolved as predicted, and it is gone with both halves of the fix.'
  }
  const count = failures.length === 1 ? 'One thing' : `${failures.length} things`
  return verdict === 'did_not_hold'
    ? `${count} did not hold:`
    : `${count} kept this run from proving anything; run it again on a quieter machine:`
}

function regimeSection(regime: Regime): Markup {
  return html`<section>
<h2>${regime.title}</h2>
<p>${ABOUT_REGIME[regime.name]}</p>
<h3>Before and after</h3>
${beforeAfterTable(regime)}
<h3>What each half of the fix changed</h3>
<ul>${regime.conclusions.map(sentence => html`<li>${sentence}</li>`)}</ul>
${replaysTable(regime)}
<h3>Alerts</h3>
${alertsTable(regime)}
<h3>Over time</h3>
${regime.replays.map(replayCharts)}
</section>`
}

function replayCharts(replay: Replay): Markup {
  const { warmup, fault, recovery } = replay.phases
  const frame: TimeFrame = { span: { from: warmup.from, to: recovery.to }, fault }
  const firedAt = replay.alerts.flatMap(({ firedAt }) => (firedAt === null ? [] : [firedAt]))
  const charts = replay.charts.map((chart, index) =>
    lineChart(chart, frame, firedAt, `${replay.job}-${index}`),
  )
  const problems = replay.problems.map(problem => html`<li class="not_proven">${problem}</li>`)
  const isTheIncident = replay.client === 'old' && replay.server === 'old'
  return html`<details${isTheIncident ? html` open` : ''}>
<summary>${replay.client} client, ${replay.server} server <span class="soft">job ${replay.job}</span></summary>
${problems.length === 0 ? '' : html`<ul>${problems}</ul>`}
<div class="charts">${charts}${alertStrip(replay.alerts, frame, `${replay.job}-alerts`)}</div>
${logLines(replay)}
</details>`
}

function logLines({ logLines }: Replay): Markup {
  if (logLines.length === 0) return html``
  const lines = logLines.map(line => html`${line}\n`)
  return html`<p>The server's first error lines, as it wrote them:</p><pre tabindex="0">${lines}</pre>`
}
