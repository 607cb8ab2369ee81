import { PHASES, type Phase, SCENARIOS, type Scenario } from '#catalog'
import { type LoadSettings, phaseLengths } from '#run'

export const SUITES = ['smoke', 'ci'] as const
export type SuiteName = (typeof SUITES)[number]

/** What a suite may take as a whole, in milliseconds, on two cores with the server on the same machine. */
const BUDGET_MS: Readonly<Record<SuiteName, number>> = { smoke: 90_000, ci: 300_000 }
/** Of each scenario beside its phases: the server's start, k6's start and summary, the drain. */
const OVERHEAD_MS = 6_000
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
/** Takes hours to mean anything. */
const TOO_LONG: readonly string[] = ['soak']

/** The scenarios of a suite, in the order in which they are played; those that nothing here can cause are not. */
export function scenariosOf(suite: SuiteName): readonly Scenario[] {
  return SCENARIOS.filter(({ name, cause }) =>
    suite === 'smoke' ? SMOKE.includes(name) : !TOO_LONG.includes(name) && cause.by !== 'command',
  )
}

/** Phases short enough that all scenarios together fit into the suite's time. */
export function fitted(scenario: Scenario, suite: SuiteName, scenarios: number): LoadSettings {
  const own = phaseLengths(scenario, {})
  const whole = PHASES.reduce((sum, phase) => sum + own[phase], 0)
  const share = BUDGET_MS[suite] / Math.max(1, scenarios) - OVERHEAD_MS
  const least = PHASES.reduce((sum, phase) => sum + Math.min(own[phase], LEAST_PHASE_MS), 0)
  // What is left above the least of each phase is given in proportion to what the scenario wants.
  const factor = Math.max(0, Math.min(1, (share - least) / Math.max(1, whole - least)))
  const phases = Object.fromEntries(
    PHASES.map(phase => {
      const floor = Math.min(own[phase], LEAST_PHASE_MS)
      return [phase, Math.floor(floor + (own[phase] - floor) * factor)]
    }),
  ) as Record<Phase, number>
  return { phases, taskMs: TASK_MS, addresses: ADDRESSES }
}
