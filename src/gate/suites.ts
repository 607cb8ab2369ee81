import { PHASES, type Phase, SCENARIOS, type Scenario } from '#catalog'
import { parseDuration } from '#core'
import { type LoadSettings, phaseLengths } from '#run'

export const SUITES = ['smoke', 'ci', 'full'] as const
export type SuiteName = (typeof SUITES)[number]

/** What a suite may take as a whole, in milliseconds, on two cores with the server on the same machine. */
const BUDGET_MS: Readonly<Record<SuiteName, number>> = {
  smoke: 90_000,
  ci: 300_000,
  full: Number.POSITIVE_INFINITY,
}
/** Of each scenario beside its phases: the server's start, k6's start and summary, the drain. */
const OVERHEAD_MS = 6_500
/** In a shorter phase no client that comes late in it sees a whole task: its stagger, the task, the margin. */
const LEAST_PHASE_MS = 2_000
const TASK_MS = 500
/** Source addresses that the crowd is spread over, towards this machine. */
const ADDRESSES = 4

/** Both controls, both regimes of the incident, one loop among many, the herd. */
const SMOKE: readonly string[] = [
  'healthy',
  'harmless-burst',
  'wrong-path',
  'one-loop',
  'flapping-client',
  'mass-drop',
]
/** Means nothing when it is short. */
const TOO_LONG: readonly string[] = ['soak']

/** The scenarios of a suite, in the order in which they are played. `full` has them all, each at its own length. */
export function scenariosOf(suite: SuiteName): readonly Scenario[] {
  if (suite === 'full') return SCENARIOS
  return SCENARIOS.filter(({ name, cause }) =>
    suite === 'smoke' ? SMOKE.includes(name) : !TOO_LONG.includes(name) && cause.by !== 'command',
  )
}

/**
 * Phases short enough that all of the scenarios together fit into the suite's time: what is left above the least of
 * each is shared out in proportion to what it wants.
 */
export function fitted(scenario: Scenario, suite: SuiteName, scenarios: readonly Scenario[]): LoadSettings {
  const sum = (of: (one: Scenario) => number) => scenarios.reduce((all, one) => all + of(one), 0)
  const spare = BUDGET_MS[suite] - sum(one => total(leastOf(one)) + OVERHEAD_MS)
  const wanted = sum(one => total(phaseLengths(one, {})) - total(leastOf(one)))
  const factor = Math.max(0, Math.min(1, spare / Math.max(1, wanted)))
  const own = phaseLengths(scenario, {})
  const least = leastOf(scenario)
  const phases = Object.fromEntries(
    PHASES.map(phase => [phase, Math.floor(least[phase] + (own[phase] - least[phase]) * factor)]),
  ) as Record<Phase, number>
  return { phases, taskMs: TASK_MS, addresses: ADDRESSES }
}

function leastOf(scenario: Scenario): Record<Phase, number> {
  const own = phaseLengths(scenario, {})
  const { leastFault = '0s' } = scenario
  const least = (phase: Phase) => (phase === 'fault' ? parseDuration(leastFault) : 0)
  return Object.fromEntries(
    PHASES.map(phase => [phase, Math.min(own[phase], Math.max(LEAST_PHASE_MS, least(phase)))]),
  ) as Record<Phase, number>
}

const total = (phases: Record<Phase, number>) => PHASES.reduce((sum, phase) => sum + phases[phase], 0)
