import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import type { Chart } from './chart.ts'
import { downsample, type Point } from './downsample.ts'
import { FRAME, faultShade, round, type TimeFrame, timeAxis, timeScale } from './frame.ts'
import { html, type Markup } from './html.ts'

const MOST_POINTS = 400
/** Series are told apart by dashes too, not by colour alone. */
const STYLES = 8

/** One chart as SVG: series over time, the fault shaded, a mark where each alert fired. */
export function lineChart(chart: Chart, frame: TimeFrame, firedAt: readonly number[], id: string): Markup {
  const height = FRAME.top + FRAME.plot + FRAME.bottom
  const base = FRAME.top + FRAME.plot
  const values = chart.series.flatMap(({ points }) =>
    points.flatMap(([, value]) => (value === null ? [] : [value])),
  )
  const title = html`<figcaption><strong>${chart.title}</strong> <span class="unit">${chart.unit}</span> ${legend(chart)}</figcaption>`
  if (values.length === 0) {
    return html`<figure>${title}<p class="no-data">No data: nothing of this kind was counted.</p></figure>`
  }
  const isShare = chart.unit === 'share'
  const y = scaleLinear([0, isShare ? 1 : Math.max(...values) || 1], [base, FRAME.top])
  if (!isShare) y.nice(3)
  const x = timeScale(frame)
  const path = line<Point>()
    .defined(([, value]) => value !== null)
    .x(([time]) => round(x(time)))
    .y(([, value]) => round(y(value ?? 0)))
  const ticks = y.ticks(3).map(
    value => html`<line class="grid" x1="${FRAME.left}" x2="${FRAME.width - FRAME.right}" y1="${round(y(value))}" y2="${round(y(value))}"/>
<text class="tick" x="${FRAME.left - 6}" y="${round(y(value)) + 3.5}" text-anchor="end">${isShare ? `${value * 100} %` : value}</text>`,
  )
  const series = chart.series.map(({ points }, index) => {
    const inside = points.filter(([time]) => time >= frame.span.from && time <= frame.span.to)
    const d = path(downsample(inside, MOST_POINTS)) ?? ''
    return html`<path class="series s${index % STYLES}" d="${d}"/>`
  })
  const marks = firedAt.map(
    time =>
      html`<line class="fired" x1="${round(x(time))}" x2="${round(x(time))}" y1="${FRAME.top}" y2="${base}"/>`,
  )
  return html`<figure>${title}
<svg viewBox="0 0 ${FRAME.width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${chart.title}, ${chart.unit}</title><desc id="${id}-d">${describe(chart)}</desc>
${faultShade(frame, FRAME.plot)}${ticks}${timeAxis(frame, base)}${series}${marks}
</svg></figure>`
}

function legend({ series }: Chart): Markup {
  const entries = series.map(
    ({ name }, index) =>
      html`<span class="key"><svg viewBox="0 0 26 8" aria-hidden="true"><path class="series s${index % STYLES}" d="M1,4H25"/></svg>${name}</span>`,
  )
  return html`${entries}`
}

/** The same in words, for those who do not see the picture. */
function describe({ series, unit }: Chart): string {
  return series
    .map(({ name, points }) => {
      const values = points.flatMap(([, value]) => (value === null ? [] : [value]))
      if (values.length === 0) return `${name}: no data`
      const digits = (value: number) => value.toFixed(unit === 'share' ? 2 : 1)
      return `${name}: from ${digits(Math.min(...values))} to ${digits(Math.max(...values))} ${unit}`
    })
    .join('; ')
}
