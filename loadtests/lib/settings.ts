import type { Phase, Scenario } from '../../src/catalog/scenarios/define.ts'
import { BEHAVIOURS, type Behaviour, POLICIES } from '../../src/client/policies/index.ts'

/** What one run was told, from the environment. Times in milliseconds. */
export interface Settings {
  /** `http://host:port`, without a slash at its end. */
  target: string
  clients: number
  /** Clients that take the scenario's behaviour in the fault phase; the others stay well-behaved. */
  badClients: number
  behaviour: Behaviour
  /** Length of the tasks that well-behaved clients follow. */
  taskMs: number
  seed: number
  /** When each phase begins and ends, in milliseconds since the Unix epoch. */
  phases: Record<Phase, { from: number; to: number }>
  resultFile: string
}

declare const __ENV: Record<string, string | undefined>

function number(name: string, fallback: number): number {
  const value = Number(__ENV[name] ?? fallback)
  if (!Number.isFinite(value) || value < 0)
    throw new Error(`${name}=${__ENV[name]} is not a number of 0 or more`)
  return value
}

/** Milliseconds of a catalogue duration, which is always whole seconds. */
const milliseconds = (duration: string) => Number.parseInt(duration, 10) * 1_000

/** Reads the run's settings; what the environment does not say, the scenario's own values do. */
export function readSettings(scenario: Scenario): Settings {
  const behaviour = BEHAVIOURS.find(({ name }) => name === scenario.behaviour)
  if (!behaviour)
    throw new Error(`the scenario ${scenario.name} names the unknown behaviour ${scenario.behaviour}`)
  const policy = POLICIES.find(({ name }) => name === (__ENV.POLICY || behaviour.policy.name))
  if (!policy) throw new Error(`POLICY=${__ENV.POLICY} is no reconnect policy`)
  const clients = number('CLIENTS', scenario.clients)
  const startAt = number('START_AT', Date.now() + 1_000)
  const faultAt = startAt + number('WARMUP_MS', milliseconds(scenario.phases.warmup))
  const recoveryAt = faultAt + number('FAULT_MS', milliseconds(scenario.phases.fault))
  const endAt = recoveryAt + number('RECOVERY_MS', milliseconds(scenario.phases.recovery))
  return {
    target: __ENV.TARGET ?? 'http://127.0.0.1:8080',
    clients,
    badClients: Math.min(clients, number('BAD_CLIENTS', clients)),
    behaviour: { ...behaviour, policy },
    taskMs: number('TASK_MS', 1_000),
    seed: number('SEED', 1),
    phases: {
      warmup: { from: startAt, to: faultAt },
      fault: { from: faultAt, to: recoveryAt },
      recovery: { from: recoveryAt, to: endAt },
    },
    resultFile: __ENV.RESULT_FILE ?? 'k6-result.json',
  }
}
