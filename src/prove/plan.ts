import { drillNamed, type Phase, SCENARIOS, type Scenario } from '#catalog'
import type { LoadSettings } from '#run'

export const REGIMES = ['refused', 'flapping'] as const
export type RegimeName = (typeof REGIMES)[number]
export type Build = 'old' | 'new'

/** One client against one server. Each has its own server and its own Prometheus job. */
export interface PlannedReplay {
  regime: RegimeName
  client: Build
  server: Build
  /** `refused-old-new`: regime, client, server. */
  job: string
  scenario: Scenario
  /** Fault switches of its server. */
  faults: readonly string[]
  /** Alerts that must fire, with predicted times. */
  fires: readonly string[]
  /** Alerts that fire too, and that the incident's story is not about; all others must stay silent. */
  mayFire: readonly { alert: string }[]
}

/** The old client of each regime (incident.md: "The cast of our replay"). The new client is well-behaved in both. */
const OLD_CLIENT: Readonly<Record<RegimeName, string>> = {
  refused: 'wrong-path',
  flapping: 'flapping-client',
}
const NEW_CLIENT = 'healthy'
/** The old server: the handler that sends again in its catch block. */
const OLD_SERVER_FAULT = 'send-in-catch'

/**
 * Lengths of the phases, in milliseconds. The warm-up is the clean history that every prediction counts on; the
 * recovery is longer than the slowest alert takes to resolve.
 */
export const DEMO_PHASES: Readonly<Record<Phase, number>> = {
  warmup: 20_000,
  steady: 0,
  fault: 25_000,
  recovery: 40_000,
}

/** How each of the eight crowds is played. */
export const DEMO_CROWD: LoadSettings & { clients: number; taskMs: number } = {
  clients: 6,
  taskMs: 1_000,
  phases: DEMO_PHASES,
}

/** What the incident's own story is told by, and predicted from what its crowds are planned to do. */
const STORY: readonly string[] = [
  'WsSessionBudgetBurn',
  'WsHandshakeBudgetBurn',
  'WsWrongPathStorm',
  'WsFlapping',
  'WsSendAfterClose',
]

const BUILDS = ['old', 'new'] as const

/** The four replays of both regimes: old and new client against old and new server. */
export function planDemo(): PlannedReplay[] {
  return REGIMES.flatMap(regime =>
    BUILDS.flatMap(client =>
      BUILDS.map((server): PlannedReplay => {
        const scenario = scenarioNamed(client === 'old' ? OLD_CLIENT[regime] : NEW_CLIENT)
        // A refused request reaches no handler, and a client that stays gives it nothing to fail on.
        const sendsAfterClose = server === 'old' && client === 'old' && regime === 'flapping'
        const drill = drillNamed(sendsAfterClose ? 'incident' : scenario.name)
        const fires = drill.fires.map(({ alert }) => alert)
        return {
          regime,
          client,
          server,
          job: `${regime}-${client}-${server}`,
          scenario,
          faults: server === 'old' ? [OLD_SERVER_FAULT] : [],
          fires: fires.filter(alert => STORY.includes(alert)),
          mayFire: fires.filter(alert => !STORY.includes(alert)).map(alert => ({ alert })),
        }
      }),
    ),
  )
}

function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find(entry => entry.name === name)
  if (!scenario) throw new TypeError(`the catalogue has no scenario ${name}`)
  return scenario
}
