import { createHash } from 'node:crypto'
import { html, lineChart, Markup, STYLES, type TimeFrame, VERDICT_WORDS } from '#report'
import type { GateResult, ScenarioRun } from '../result.ts'
import { checksTable, phasesTable, recoveryTable } from './tables.ts'
import { cutText, verdictSentence } from './wording.ts'

/** Hides the rows that lack what was typed. Without scripts its box is not there, and the page is whole. */
const SEARCH = `const box = document.getElementById('search')
box.hidden = false
box.addEventListener('input', event => {
  const wanted = event.target.value.toLowerCase()
  for (const row of document.querySelectorAll('tr[data-check]')) row.hidden = !row.textContent.toLowerCase().includes(wanted)
  if (wanted) for (const part of document.querySelectorAll('details')) part.open = true
})`
const SEARCH_HASH = createHash('sha256').update(SEARCH).digest('base64')

const MORE_STYLES = new Markup(`
.warned { color: var(--unsure); } .left_out { color: var(--soft); }
#search input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--rule); border-radius: .3rem; padding: .3rem .6rem; }
`)

/**
 * The result as one self-contained HTML page, light and dark, whole without scripts: the one script it has filters
 * the checks and is named by its hash. Everything in the result is taken as text from outside and escaped.
 */
export function gateReport(result: GateResult): string {
  const machine = Object.entries(result.environment).map(([name, value]) => `${name} ${value}`)
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${SEARCH_HASH}'`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<title>Petrel gate: ${VERDICT_WORDS[result.verdict]}</title>
<style>${STYLES}${MORE_STYLES}</style>
</head>
<body>
<main>
<h1>Petrel gate: ${result.suite}</h1>
<p><span class="verdict ${result.verdict}">${VERDICT_WORDS[result.verdict]}</span></p>
${result.partial ? html`<p class="not_proven"><strong>This report is partial</strong>: ${cutText(result)}.</p>` : ''}
<p>${verdictSentence(result)}. Target: ${result.target}.</p>
${list(result.notRun.map(name => `not played: ${name}`))}
${list(result.leftOut.map(sentence => `left out: ${sentence}`))}
<p class="soft">${result.startedAt} to ${result.finishedAt}</p>
<p id="search" hidden><label>Find a check: <input type="search"></label></p>
${result.runs.map(scenarioSection)}
<footer>${machine.join(' · ')} · result schema ${result.schema}</footer>
</main>
<script>${new Markup(SEARCH)}</script>
</body>
</html>
`.text
}

const list = (sentences: readonly string[]) =>
  sentences.length === 0 ? '' : html`<ul>${sentences.map(sentence => html`<li>${sentence}</li>`)}</ul>`

function scenarioSection(run: ScenarioRun, index: number): Markup {
  const problems = run.problems.map(problem => html`<li class="not_proven">${problem}</li>`)
  return html`<section>
<h2>${run.scenario}: <span class="${run.verdict}">${VERDICT_WORDS[run.verdict]}</span></h2>
<p>${run.summary}</p>
${problems.length === 0 ? '' : html`<ul>${problems}</ul>`}
${run.load === null ? '' : html`${phasesTable(run.load)}${recoveryTable(run.load)}`}
<details${run.verdict === 'held' ? '' : html` open`}><summary>${run.checks.length} checks</summary>
${checksTable(run.checks)}</details>
${chartsOf(run, index)}
</section>`
}

function chartsOf({ load, charts }: ScenarioRun, index: number): Markup {
  if (load === null) return html``
  const phases = Object.values(load.phases)
  const { from, to } = load.phases.fault
  const span = {
    from: Math.min(...phases.map(phase => phase.from)),
    to: Math.max(...phases.map(phase => phase.to)),
  }
  const frame: TimeFrame = { span, fault: { from, to } }
  return html`<details><summary>Over time <span class="soft">both ends over each other; the fault phase is shaded</span></summary>
<div class="charts">${charts.map((chart, number) => lineChart(chart, frame, [], `run-${index}-${number}`))}</div></details>`
}
