import { join, resolve } from 'node:path'
import { Option } from 'commander'
import { FOLLOW_MARGIN_MS, PHASES, type Phase, SCENARIOS, type Scenario, TASK_MS } from '#catalog'
import { BEHAVIOURS, POLICIES } from '#client'
import {
  EXIT,
  type ExitCode,
  formatDuration,
  PetrelError,
  parseDuration,
  type Report,
  type Scope,
  systemClock,
  withScope,
} from '#core'
import {
  checkTarget,
  hasTasks,
  type LoadPlan,
  type LoadResult,
  type LoadSettings,
  phaseLengths,
  preflight,
  startLoad,
  startReferenceServer,
} from '#run'
import { readMachine, temporaryFolder } from '#stack'
import type { Io } from '../io.ts'
import { loadReport } from '../load-report.ts'
import { wholeNumber } from '../options.ts'
import { makeOutFolder, writeOut } from '../out-folder.ts'
import { liveLine, progressReport } from '../progress.ts'
import { projectTools } from '../project.ts'
import { suggestion } from '../suggest.ts'
import { defineCommand } from './define.ts'

interface LoadCommandOptions extends Partial<Record<Phase, string>> {
  target: string[]
  path?: string
  clients?: number
  badClients?: number
  policy?: string
  task?: string
  addresses: number
  seed: number
  faultCommand?: string
  prometheus?: string
  prometheusJob: string
  out?: string
  json?: true
}

/** k6 needs this long before its first VU can run. */
const LEAD_MS = 2_500
const LINE_EVERY_MS = 5_000
const LIVE_EVERY_MS = 250
const MOST_CLIENTS = 20_000
/** Of the generated `prometheus.yml`. */
const JOB = 'progress'
const MOST_ADDRESSES = 100
/** Source addresses without --addresses. */
const ADDRESSES = 4

const EXIT_OF = { held: EXIT.held, did_not_hold: EXIT.didNotHold, not_proven: EXIT.notProven } as const

export const load = defineCommand<LoadCommandOptions>({
  name: 'load',
  summary: 'Play one k6 scenario against a progress server and say what its clients saw.',
  example: 'petrel load wrong-path --target http://127.0.0.1:8080 --clients 20 --fault 30s',
  define(command) {
    const collect = (value: string, before: string[]) => [...before, value]
    command
      .argument('<scenario>', SCENARIOS.map(({ name }) => name).join(', '))
      .addOption(
        new Option(
          '--target <url>',
          'server to load, several for replicas; without it one is started for the run',
        )
          .argParser(collect)
          .default([], 'none'),
      )
      .option('--path <template>', 'path of the stream where it is not ours, as /ws/{taskId}')
      .option('--clients <number>', 'clients in the crowd', wholeNumber('--clients', 1, MOST_CLIENTS))
      .option(
        '--bad-clients <number>',
        "how many of them misbehave in the fault phase (the scenario's)",
        wholeNumber('--bad-clients', 0, MOST_CLIENTS),
      )
      .option('--policy <name>', `reconnect policy: ${POLICIES.map(({ name }) => name).join(', ')}`)
      .option('--warmup <duration>', 'length of the warm-up')
      .option('--steady <duration>', 'length of the undisturbed phase')
      .option('--fault <duration>', 'length of the fault phase')
      .option('--recovery <duration>', 'length of the recovery')
      .option('--task <duration>', 'length of the tasks that well-behaved clients follow (1s)')
      .option(
        '--addresses <number>',
        'source addresses of the crowd, towards this machine',
        wholeNumber('--addresses', 1, MOST_ADDRESSES),
        ADDRESSES,
      )
      .option('--seed <number>', 'equal seeds give equal crowds', wholeNumber('--seed', 0, 2 ** 31), 1)
      .option('--fault-command <command>', 'causes the fault, in place of what the scenario would do')
      .option(
        '--prometheus <url>',
        "takes k6's metrics by remote write, as http://127.0.0.1:9090/api/v1/write",
      )
      .option('--prometheus-job <name>', 'job under which it scrapes the target: both go together', JOB)
      .option('--out <folder>', "write result.json and k6's log there")
      .option('--json', 'print the result as JSON')
  },
  async run(options, [name = ''], io) {
    const scenario = SCENARIOS.find(entry => entry.name === name)
    if (!scenario) {
      throw new PetrelError('bad_option', `there is no scenario "${name}"`, {
        hint: suggestion(
          name,
          SCENARIOS.map(entry => entry.name),
        ),
      })
    }
    const wanted = loadSettings(options)
    mustLast(scenario, wanted)
    await mustFit(planOf(scenario, wanted))
    if (options.out !== undefined) await makeOutFolder(resolve(io.cwd, options.out))
    return withScope(async scope => {
      const report = progressReport(io)
      const { k6 } = await projectTools(['k6'], io, report)
      const folder = scope.use(await temporaryFolder('load')).path
      const { targets, settings } = await findTargets(options, wanted, folder, io, scope)
      const startAt = systemClock.wall() + LEAD_MS
      report(`${scenario.name} against ${targets.join(', ')}: ${scenario.summary}`)
      const running = scope.use(
        await startLoad({
          scenario,
          targets,
          settings,
          startAt,
          k6,
          folder,
          env: io.env,
          clock: systemClock,
          cwd: io.cwd,
          ...(options.faultCommand === undefined ? {} : { faultCommand: options.faultCommand }),
          ...(options.prometheus === undefined
            ? {}
            : { remoteWrite: { url: options.prometheus, job: options.prometheusJob } }),
          signal: io.signal,
        }),
      )
      followProgress(() => whereWeAre(scenario, settings, startAt), report, io, scope)
      const result = await running.result
      io.signal.throwIfAborted()
      if (options.out !== undefined) await keep(resolve(io.cwd, options.out), result, running.process.tail())
      if (options.json) io.out(`${JSON.stringify(result, null, 2)}\n`)
      else io.out(`${loadReport(result, io).join('\n')}\n`)
      return EXIT_OF[result.verdict] satisfies ExitCode
    })
  },
})

function loadSettings(options: LoadCommandOptions): LoadSettings {
  if (options.policy !== undefined && !POLICIES.some(({ name }) => name === options.policy)) {
    throw new PetrelError('bad_option', `--policy "${options.policy}" is no reconnect policy`, {
      hint: suggestion(
        options.policy,
        POLICIES.map(({ name }) => name),
      ),
    })
  }
  if (options.path !== undefined && !options.path.startsWith('/')) {
    throw new PetrelError('bad_option', `--path "${options.path}" does not begin with a slash`, {
      hint: 'write it as /ws/{taskId}',
    })
  }
  if (options.prometheus !== undefined && !URL.canParse(options.prometheus)) {
    throw new PetrelError('bad_option', `--prometheus "${options.prometheus}" is no address`, {
      hint: 'write it as http://127.0.0.1:9090/api/v1/write',
    })
  }
  const phases: Partial<Record<Phase, number>> = {}
  for (const phase of PHASES) {
    const text = options[phase]
    if (text !== undefined) phases[phase] = parseDuration(text)
  }
  return {
    ...(options.clients === undefined ? {} : { clients: options.clients }),
    ...(options.badClients === undefined ? {} : { badClients: options.badClients }),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
    ...(options.path === undefined ? {} : { pathTemplate: options.path }),
    ...(options.task === undefined ? {} : { taskMs: parseDuration(options.task) }),
    addresses: options.addresses,
    phases,
    seed: options.seed,
  }
}

/** Fastest that a client dials: ten times a second by the incident's policy, else about once per task or window. */
const ATTEMPTS_PER_MINUTE = { 'every-100-ms': 600, 'well-behaved': 60 }

/** What the crowd will ask of this machine, at worst. */
function planOf(scenario: Scenario, settings: LoadSettings): LoadPlan {
  const clients = settings.clients ?? scenario.clients
  const bad = Math.min(clients, settings.badClients ?? scenario.badClients ?? clients)
  const behaviour = BEHAVIOURS.find(({ name }) => name === scenario.behaviour)
  const policy = (settings.policy ?? behaviour?.policy.name) as keyof typeof ATTEMPTS_PER_MINUTE
  const minutes = Math.min(1, phaseLengths(scenario, settings).fault / 60_000)
  const each = ATTEMPTS_PER_MINUTE[policy] ?? ATTEMPTS_PER_MINUTE['every-100-ms']
  return {
    sockets: clients - bad + bad * (behaviour?.tasksAtOnce ?? 1),
    attemptsPerMinute: Math.round(
      (clients - bad) * ATTEMPTS_PER_MINUTE['well-behaved'] +
        bad * (behaviour?.tasksAtOnce ?? 1) * each * minutes,
    ),
    addresses: settings.addresses ?? 1,
  }
}

/** A client begins at a random moment of a task's length, and follows one only when it can end within the phase. */
function mustLast(scenario: Scenario, settings: LoadSettings): void {
  const lengths = phaseLengths(scenario, settings)
  const shortest = 2.1 * (settings.taskMs ?? TASK_MS) + FOLLOW_MARGIN_MS
  for (const phase of ['warmup', 'fault', 'recovery'] as const) {
    if (lengths[phase] >= shortest) continue
    throw new PetrelError(
      'bad_option',
      `--${phase} ${formatDuration(lengths[phase])} is too short: no client could follow a task in it`,
      {
        hint: `take at least ${formatDuration(Math.ceil(shortest / 1_000) * 1_000)}, or shorter tasks with --task`,
      },
    )
  }
}

async function mustFit(plan: LoadPlan): Promise<void> {
  const problems = preflight(plan, await readMachine())
  if (problems.length === 0) return
  throw new PetrelError('machine_too_small', problems.join('; '), {
    hint: 'raise the limit that it names, or make the crowd smaller with --clients',
  })
}

async function findTargets(
  options: LoadCommandOptions,
  settings: LoadSettings,
  folder: string,
  io: Io,
  scope: Scope,
): Promise<{ targets: readonly string[]; settings: LoadSettings }> {
  if (options.target.length === 0) {
    const server = await startReferenceServer({
      name: 'the server',
      logFile: join(folder, 'server.log'),
      signal: io.signal,
    })
    return { targets: [scope.use(server).url], settings }
  }
  const isOurs = options.path === undefined
  const targets = await Promise.all(options.target.map(target => checkTarget(target, io.signal, isOurs)))
  const createsTasks = isOurs || (await hasTasks(targets[0] ?? '', io.signal))
  return { targets, settings: { ...settings, createsTasks } }
}

/** In a terminal one line that changes in place, elsewhere a line now and then. */
function followProgress(where: () => string, report: Report, io: Io, scope: Scope): void {
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

function whereWeAre(scenario: Scenario, settings: LoadSettings, startAt: number): string {
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

async function keep(folder: string, result: LoadResult, k6Log: readonly string[]): Promise<void> {
  await writeOut(folder, 'result.json', `${JSON.stringify(result, null, 2)}\n`)
  await writeOut(folder, 'k6.log', `${k6Log.join('\n')}\n`)
}
