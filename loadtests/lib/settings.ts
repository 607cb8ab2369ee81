import { type Cause, PHASES, type Phase, type Scenario, TASK_MS } from '../../src/catalog/scenarios/define.ts'
import { BEHAVIOURS, type Behaviour, POLICIES } from '../../src/client/policies/index.ts'
import { STREAM_PATH } from '../../src/protocol/paths.ts'

/** The task that all clients share. Times in milliseconds, `endsAt` since the Unix epoch. */
export interface SharedTask {
  taskId: string
  endsAt: number
  paceMs: number
}

/** What one run was told, from the environment. Times in milliseconds. */
export interface Settings {
  /** `http://host:port`, without a slash at their ends. Each attempt of a client goes to the next of them. */
  targets: readonly string[]
  pathTemplate: string
  /** Whether the target creates tasks by PROTOCOL.md; if not, clients make ids up and stay as long as a task. */
  createsTasks: boolean
  clients: number
  /** Clients that take the scenario's behaviour in the fault phase; the others stay well-behaved. */
  badClients: number
  /** Threads of the crowd, each with a source address of its own where k6 was given several. */
  vus: number
  behaviour: Behaviour
  cause: Cause
  /** The task that all clients share, where somebody else follows it too. */
  shared: SharedTask | undefined
  /** Length of the tasks that well-behaved clients follow. */
  taskMs: number
  seed: number
  /** Generators that play the crowd together, each its share of the VUs. */
  segments: number
  /** When the warm-up begins; without it `setup` decides. */
  startAt: number | undefined
  /** When each phase begins and ends, in milliseconds since the Unix epoch. */
  phases: Record<Phase, { from: number; to: number }>
  resultFile: string
}

declare const __ENV: Record<string, string | undefined>

/** Clients that one VU holds: a VU is one thread of JavaScript, and a socket in a full VU costs a third. */
const CLIENTS_PER_VU = 1_000

function number(name: string, fallback: number): number {
  const value = Number(__ENV[name] ?? fallback)
  if (!Number.isFinite(value) || value < 0)
    throw new Error(`${name}=${__ENV[name]} is not a number of 0 or more`)
  return value
}

const UNITS: Record<string, number> = { s: 1_000, m: 60_000 }
/** Milliseconds of a catalogue duration, which is always whole seconds or minutes. */
const milliseconds = (duration: string) => Number.parseInt(duration, 10) * (UNITS[duration.slice(-1)] ?? 0)

/** Reads the run's settings; what the environment does not say, the scenario's own values do. */
export function readSettings(scenario: Scenario): Settings {
  const behaviour = BEHAVIOURS.find(({ name }) => name === scenario.behaviour)
  if (!behaviour)
    throw new Error(`the scenario ${scenario.name} names the unknown behaviour ${scenario.behaviour}`)
  const policy = POLICIES.find(({ name }) => name === (__ENV.POLICY || behaviour.policy.name))
  if (!policy) throw new Error(`POLICY=${__ENV.POLICY} is no reconnect policy`)
  const clients = number('CLIENTS', scenario.clients)
  const addresses = number('ADDRESSES', 1)
  const phases = {} as Settings['phases']
  const segments = Math.max(1, number('SEGMENTS', 1))
  const startAt = __ENV.START_AT ? number('START_AT', 0) : undefined
  let from = startAt ?? 0
  for (const phase of PHASES) {
    const to = from + number(`${phase.toUpperCase()}_MS`, milliseconds(scenario.phases[phase]))
    phases[phase] = { from, to }
    from = to
  }
  return {
    targets: (__ENV.TARGET ?? 'http://127.0.0.1:8080').split(','),
    pathTemplate: __ENV.STREAM_PATH || STREAM_PATH,
    createsTasks: __ENV.CREATES_TASKS !== 'false',
    clients,
    badClients: Math.min(clients, number('BAD_CLIENTS', scenario.badClients ?? clients)),
    vus: Math.max(segments, Math.ceil(clients / CLIENTS_PER_VU), Math.min(clients, addresses)),
    behaviour: { ...behaviour, policy },
    cause: scenario.cause,
    shared: __ENV.SHARED_TASK
      ? {
          taskId: __ENV.SHARED_TASK,
          endsAt: number('SHARED_ENDS_AT', 0),
          paceMs: number('SHARED_PACE_MS', 0),
        }
      : undefined,
    taskMs: number('TASK_MS', TASK_MS),
    seed: number('SEED', 1),
    segments,
    startAt,
    phases,
    resultFile: __ENV.RESULT_FILE ?? 'k6-result.json',
  }
}

/** Moves the phases to where they really begin. */
export function beginAt({ phases }: Settings, startAt: number): void {
  const by = startAt - phases.warmup.from
  for (const phase of PHASES) {
    phases[phase].from += by
    phases[phase].to += by
  }
}

/** The phase that a moment lies in; before the first it is the first, after the last the last. */
export function phaseAt({ phases }: Settings, now: number): Phase {
  return (
    PHASES.findLast(phase => now >= phases[phase].from && phases[phase].to > phases[phase].from) ?? 'warmup'
  )
}
