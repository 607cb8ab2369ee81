/** Phases of every scenario, in order. The fault lies between `steady` and `recovery`. */
export const PHASES = ['warmup', 'fault', 'recovery'] as const
export type Phase = (typeof PHASES)[number]

/** One scenario: a crowd that behaves well, then in its own way, then well again. */
export interface Scenario {
  /** File in `loadtests/scenarios/`, page in `docs/reference/scenarios/`. */
  name: string
  /** One sentence: what the crowd does in the fault phase. */
  summary: string
  /** Name of the behaviour in `src/client/policies` that the crowd has in the fault phase. */
  behaviour: string
  /** Clients in the crowd. */
  clients: number
  /** Length of each phase, as Prometheus writes durations. */
  phases: Readonly<Record<Phase, string>>
  /** Alerts that must fire on the reference server, and no others. */
  fires: readonly string[]
}

export function defineScenario(scenario: Scenario): Scenario {
  return scenario
}
