import { PHASES, type Scenario } from '#catalog'
import { type Report, type Scope, systemClock } from '#core'
import { type LoadSettings, phaseLengths } from '#run'
import type { Io } from './io.ts'
import { liveLine } from './progress.ts'

const LINE_EVERY_MS = 5_000
const LIVE_EVERY_MS = 250

/** In a terminal one line that changes in place, elsewhere a line now and then. */
export function followProgress(where: () => string, report: Report, io: Io, scope: Scope): void {
  const live = liveLine(io)
  const ticker = setInterval(
    () => (live ? live.show(where()) : report(where())),
    live ? LIVE_EVERY_MS : LINE_EVERY_MS,
  )
  scope.defer(() => {
    clearInterval(ticker)
    live?.clear()
  })
}

export function whereWeAre(scenario: Scenario, settings: LoadSettings, startAt: number): string {
  const lengths = phaseLengths(scenario, settings)
  let elapsed = systemClock.wall() - startAt
  if (elapsed < 0) return 'k6 is starting'
  for (const phase of PHASES) {
    if (elapsed < lengths[phase]) {
      return `${phase}: ${Math.round(elapsed / 1_000)} of ${Math.round(lengths[phase] / 1_000)} s`
    }
    elapsed -= lengths[phase]
  }
  return 'k6 is adding up'
}
