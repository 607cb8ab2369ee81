import type { Phase, Scenario } from '#catalog'
import { parseDuration } from '#core'

/** How a scenario is played. What is left away, the scenario's own values decide. Lengths in milliseconds. */
export interface LoadSettings {
  clients?: number
  badClients?: number
  /** Name of a reconnect policy that takes the place of the behaviour's own. */
  policy?: string
  phases?: Partial<Readonly<Record<Phase, number>>>
  taskMs?: number
  seed?: number
  /** Path template of the stream, where it is not ours. */
  pathTemplate?: string
  /** False for a target without our API of tasks: clients make ids up. */
  createsTasks?: boolean
  /** Source addresses of the crowd, 127.0.0.2 and on; 1 leaves them to the system. Only towards this machine. */
  addresses?: number
  /** k6 processes that play the crowd together, each a share of it; their results are added (1). */
  segments?: number
}

/** Length of each phase of a load, in milliseconds. */
export function phaseLengths(scenario: Scenario, settings: LoadSettings): Record<Phase, number> {
  const length = (phase: Phase) => settings.phases?.[phase] ?? parseDuration(scenario.phases[phase])
  return {
    warmup: length('warmup'),
    steady: length('steady'),
    fault: length('fault'),
    recovery: length('recovery'),
  }
}
