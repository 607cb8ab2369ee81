import { scaleLinear } from 'd3-scale'
import { html, type Markup } from './html.ts'

/** Where a chart draws, in its own units; the page scales it to its column. */
export const FRAME = { width: 460, left: 44, right: 8, top: 8, plot: 110, bottom: 22 } as const

export interface Span {
  from: number
  to: number
}

/** Time of a chart (epoch milliseconds) and its fault phase if it has one, the same for all charts of a replay. */
export interface TimeFrame {
  span: Span
  fault?: Span
}

/** Pixels of a time. */
export function timeScale({ span }: TimeFrame): (time: number) => number {
  return scaleLinear([span.from, span.to], [FRAME.left, FRAME.width - FRAME.right]).clamp(true)
}

/** `01:05` since the start of the chart. */
export function sinceStart(time: number, { span }: TimeFrame): string {
  const seconds = Math.max(0, Math.round((time - span.from) / 1_000))
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
}

const STEPS_MS = [5_000, 10_000, 15_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000]
const MOST_TICKS = 8

/** Times at a round distance from the start, at most eight. */
export function timeTicks({ span }: TimeFrame): number[] {
  const length = Math.max(0, span.to - span.from)
  const step = STEPS_MS.find(size => length / size <= MOST_TICKS) ?? length
  const ticks: number[] = []
  for (let time = span.from; time <= span.to && step > 0; time += step) ticks.push(time)
  return ticks
}

/** The shaded fault phase, behind everything else. */
export function faultShade(frame: TimeFrame, height: number): Markup {
  if (frame.fault === undefined) return html``
  const x = timeScale(frame)
  const { from, to } = frame.fault
  return html`<rect class="fault" x="${round(x(from))}" y="${FRAME.top}" width="${round(x(to) - x(from))}" height="${height}"/>
<text class="tick" x="${round(x(from)) + 4}" y="${FRAME.top + 10}">fault</text>`
}

/** The axis of time below a plot. */
export function timeAxis(frame: TimeFrame, y: number): Markup {
  const x = timeScale(frame)
  const ticks = timeTicks(frame).map(
    time =>
      html`<text class="tick" x="${round(x(time))}" y="${y + 14}" text-anchor="middle">${sinceStart(time, frame)}</text>`,
  )
  return html`<line class="axis" x1="${FRAME.left}" x2="${FRAME.width - FRAME.right}" y1="${y}" y2="${y}"/>${ticks}`
}

export const round = (value: number) => Math.round(value * 10) / 10
