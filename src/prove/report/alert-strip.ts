import {
  FRAME,
  faultShade,
  html,
  type Markup,
  round,
  sinceStart,
  type TimeFrame,
  timeAxis,
  timeScale,
} from '#report'
import type { AlertObservation } from '../result.ts'

const ROW = 28
const BAR = 10
/** Room for the word in the shade of the fault. */
const HEAD = 14

/** When an alert fired and resolved, as the webhook received it; null while it has not. */
export type AlertTimes = Pick<AlertObservation, 'alert' | 'severity' | 'firedAt' | 'resolvedAt'>

/** When each alert fired and resolved, as bars on the time of the charts above. */
export function alertStrip(alerts: readonly AlertTimes[], frame: TimeFrame, id: string): Markup {
  const fired = alerts.filter((alert): alert is AlertTimes & { firedAt: number } => alert.firedAt !== null)
  if (fired.length === 0) {
    return html`<figure><figcaption><strong>Alerts</strong></figcaption><p class="no-data">No alert fired.</p></figure>`
  }
  const x = timeScale(frame)
  const plot = fired.length * ROW + HEAD
  const height = FRAME.top + plot + FRAME.bottom
  const bars = fired.map(({ alert, severity, firedAt, resolvedAt }, index) => {
    const y = FRAME.top + HEAD + index * ROW
    const from = x(firedAt)
    const to = resolvedAt === null ? FRAME.width - FRAME.right : x(resolvedAt)
    const name = `${alert}, ${severity === 'critical' ? 'page' : 'ticket'}`
    return html`<text class="bar-name" x="${FRAME.left}" y="${y + 10}">${name}</text>
<rect class="bar ${severity}" x="${round(from)}" y="${y + 14}" width="${round(Math.max(2, to - from))}" height="${BAR}" rx="2"/>`
  })
  const words = fired.map(
    ({ alert, severity, firedAt, resolvedAt }) =>
      `${alert} (${severity}) fired at ${sinceStart(firedAt, frame)} and ${resolvedAt === null ? 'did not resolve' : `resolved at ${sinceStart(resolvedAt, frame)}`}`,
  )
  return html`<figure><figcaption><strong>Alerts</strong> <span class="unit">from firing to resolved, as the webhook received them</span></figcaption>
<svg viewBox="0 0 ${FRAME.width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">Alerts over time</title><desc id="${id}-d">${words.join('; ')}</desc>
${faultShade(frame, plot)}${bars}${timeAxis(frame, FRAME.top + plot)}
</svg></figure>`
}
