import { type Phase, SCENARIOS, type Scenario } from '#catalog'
import { PetrelError, parseDuration, withoutPassword } from '#core'
import { EVERY, fitted, type GateConfig, type GateTarget, SUITES, type SuiteName } from '#gate'
import type { LoadSettings } from '#run'
import { suggestion } from './suggest.ts'

interface TargetOptions {
  target?: string
  path?: string
  metrics?: string
}

/** How each of some scenarios is played: as the file says, and else so that all of them fit into the suite's time. */
export const fittedSettings =
  (suite: SuiteName, scenarios: readonly Scenario[], { phases = {} }: GateConfig) =>
  (scenario: Scenario): LoadSettings => {
    const inTime = fitted(scenario, suite, scenarios)
    const told = Object.entries({ ...phases[EVERY], ...phases[scenario.name] })
    const own = told.map(([phase, length]): [string, number] => [phase, parseDuration(length)])
    return { ...inTime, phases: { ...inTime.phases, ...(Object.fromEntries(own) as Record<Phase, number>) } }
  }

/**
 * What replaces the servers where a scenario wants it, by the option, else by the file whose target it is: those of a
 * target, only somebody else can.
 * @throws PetrelError `bad_option` before any load, when that is missing, or an option for nothing
 */
export function faultCommandOf(
  options: { target?: string; faultCommand?: string },
  file: GateConfig,
  scenarios: readonly Scenario[],
  target: GateTarget | undefined,
): string | undefined {
  const wanting = scenarios.filter(({ cause }) => cause.by === 'command')
  if (options.faultCommand !== undefined && wanting.length === 0) {
    throw new PetrelError('bad_option', '--fault-command, and no scenario that is played takes one', {
      hint: 'name rolling-deploy too, or take --suite full; petrel load plays any scenario with a command',
    })
  }
  const command = options.faultCommand ?? (options.target === undefined ? file.faultCommand : undefined)
  if (target === undefined || command !== undefined) return command
  for (const { name, cause } of wanting) {
    if (cause.by !== 'command') continue
    throw new PetrelError('bad_option', `${name} needs a command that ${cause.does}`, {
      hint: "give it with --fault-command, as --fault-command 'kubectl rollout restart deployment/stream'; or name the scenarios to play",
    })
  }
  return undefined
}

export function suiteOf(name: string): SuiteName {
  const suite = SUITES.find(one => one === name)
  if (suite) return suite
  throw new PetrelError('bad_option', `there is no suite "${name}"`, { hint: suggestion(name, SUITES) })
}

export function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS.find(one => one.name === name)
  if (scenario) return scenario
  throw new PetrelError('bad_option', `there is no scenario "${name}"`, {
    hint: suggestion(
      name,
      SCENARIOS.map(one => one.name),
    ),
  })
}

/**
 * The server that the options name, else the file. Options that say where its stream or its metrics are go with
 * either.
 */
export function targetOf(options: TargetOptions, file: GateConfig = {}): GateTarget | undefined {
  const isNamed = options.target !== undefined
  const target = options.target ?? file.target
  // What a file says of its own server is not true of another.
  const metrics = options.metrics ?? (isNamed ? undefined : file.metrics)
  const path = options.path ?? (isNamed ? undefined : file.path)
  if (target === undefined) {
    if (metrics === undefined && path === undefined) return undefined
    throw new PetrelError(
      'bad_option',
      `${metrics === undefined ? '--path' : '--metrics'} without --target`,
      {
        hint: 'name the server too; without --target one is started, and all of it is known',
      },
    )
  }
  if (path !== undefined && !/^\/.*\{taskId\}/.test(path)) {
    throw new PetrelError('bad_option', `--path "${path}" is no path with a task id`, {
      hint: 'write it as /ws/{taskId}: each client follows a task of its own',
    })
  }
  const stream = path === undefined ? {} : { path }
  // A stream is often known by its ws:// address; k6 and the probes speak to the same port.
  const url = target.replace(/^ws(s?):\/\//i, 'http$1://')
  if (metrics === undefined) return { url, ...stream }
  const { username = '', password = '' } = URL.canParse(metrics) ? new URL(metrics) : {}
  // A report names it, and who reads a report is not to log in by it.
  const isPage = /^https?:\/\//i.test(metrics) && URL.canParse(metrics) && username + password === ''
  if (!isPage) {
    throw new PetrelError(
      'bad_option',
      `--metrics "${withoutPassword(metrics)}" is no http address of a page`,
      {
        hint: 'write the whole address, as http://127.0.0.1:8080/metrics; one that asks for a login cannot be read',
      },
    )
  }
  return { url, metrics, ...stream }
}
