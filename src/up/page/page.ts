import { alertStrip } from '#prove'
import { html, lineChart, Markup, STYLES, type TimeFrame } from '#report'
import { stormNames } from '../storms.ts'
import { SCRIPT, SCRIPT_HASH } from './script.ts'
import type { UpState } from './state.ts'
import { alertsTable, countsTable, keptTable, partsTable } from './tables.ts'

/** Nothing from elsewhere, one script, forms that lead back here. */
export const PAGE_POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src '${SCRIPT_HASH}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

const RELOAD_SECONDS = 3
/** The founding incident. */
const FIRST_STORM = 'wrong-path'
const MORE = new Markup(`
form { display: inline-flex; gap: .5rem; align-items: center; margin: .5rem 1rem .5rem 0; }
button, select { font: inherit; padding: .3rem .7rem; color: inherit; background: var(--card); border: 1px solid var(--soft); border-radius: .35rem; }
.critical { color: var(--bad); font-weight: 650; } .warning { color: var(--unsure); font-weight: 650; }
#gone { border: 2px solid var(--bad); padding: .5rem .8rem; }
`)

/** The whole page. All that comes from outside (labels, log lines) is escaped by `html`. */
export function renderPage(state: UpState): string {
  const chosen = state.storm?.name ?? FIRST_STORM
  const options = stormNames().map(name =>
    name === chosen ? html`<option selected>${name}</option>` : html`<option>${name}</option>`,
  )
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<noscript><meta http-equiv="refresh" content="${RELOAD_SECONDS}"></noscript>
<title>${titleOf(state)}</title>
<style>${STYLES}${MORE}</style>
</head>
<body>
<main>
<h1>Petrel is up</h1>
<p class="soft">A stream server under gentle traffic, watched with the ${state.windows} windows. It ends with Ctrl-C where it was started.</p>
<p id="gone" role="status" hidden>Nothing answers any more: petrel up has ended.</p>
<form method="post" action="/storms"><label for="storm">Storm</label>
<select id="storm" name="name">${options}</select><button>Start</button></form>
<form method="post" action="/storms/end"><button>End it</button></form>
<div id="live">${renderLive(state)}</div>
</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text
}

/** What changes, as it is put in place of what was there. */
export function renderLive(state: UpState): Markup {
  const { figures, problem, alerts, storm } = state
  const frame = frameOf(state)
  const shown = alerts.filter(({ resolvedAt }) => resolvedAt === null || resolvedAt > frame.span.from)
  const firedAt = shown.map(alert => alert.firedAt).filter(time => time > frame.span.from)
  return html`<div data-title="${titleOf(state)}">
<p role="status">${summary(state)}</p>
${storm === null ? '' : html`<p class="soft">${storm.isBlowing ? html`Storm <strong>${storm.name}</strong> blows.` : html`The last storm was ${storm.name}.`}</p>`}
<h2>Alerts</h2>
${alertsTable(alerts, state.now)}
<h2>Overview</h2>
${problem === '' ? '' : html`<p class="not_proven">${problem}</p>`}
${
  figures === null
    ? html`<p class="no-data">Nothing has been measured yet.</p>`
    : html`${keptTable(figures)}${countsTable(figures)}
<div class="charts">${figures.charts.map((chart, index) => lineChart(chart, frame, firedAt, `chart-${index}`))}${alertStrip(shown, frame, 'alerts')}</div>`
}
${errorLines(state)}
<h2>What runs</h2>
${partsTable(state.parts)}
</div>`
}

function frameOf({ span, storm }: UpState): TimeFrame {
  const isInside = storm !== null && storm.to > span.from && storm.from < span.to
  return isInside ? { span, fault: { from: storm.from, to: storm.to } } : { span }
}

function firing({ alerts }: UpState) {
  return [...new Set(alerts.filter(({ resolvedAt }) => resolvedAt === null).map(({ alert }) => alert))]
}

function titleOf(state: UpState): string {
  const names = firing(state)
  return names.length === 0 ? 'Petrel: all quiet' : `Petrel: ${names.length} firing, ${names.join(', ')}`
}

function summary(state: UpState): Markup {
  const names = firing(state)
  if (names.length === 0) return html`<span class="verdict held">all quiet</span>`
  return html`<span class="verdict did_not_hold">${names.length === 1 ? 'one alert fires' : `${names.length} alerts fire`}: ${names.join(', ')}</span>`
}

function errorLines({ errorLines }: UpState): Markup {
  if (errorLines.length === 0) return html``
  return html`<h2>The server's first error lines</h2>
<pre tabindex="0">${errorLines.map(line => html`${line}\n`)}</pre>`
}
