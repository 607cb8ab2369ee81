import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PHASES, type Phase, SCENARIOS, type Scenario } from '#catalog'
import { POLICIES } from '#client'
import { EXIT, type ExitCode, PetrelError, parseDuration, systemClock, withScope } from '#core'
import {
  checkTarget,
  type LoadResult,
  type LoadSettings,
  phaseLengths,
  startLoad,
  startReferenceServer,
} from '#run'
import { temporaryFolder } from '#stack'
import type { Io } from '../io.ts'
import { wholeNumber } from '../options.ts'
import { progressReport, verdictText } from '../progress.ts'
import { projectTools } from '../project.ts'
import { suggestion } from '../suggest.ts'
import { tableLines } from '../table.ts'
import { defineCommand } from './define.ts'

interface LoadCommandOptions {
  target?: string
  clients?: number
  badClients?: number
  policy?: string
  warmup?: string
  fault?: string
  recovery?: string
  task?: string
  seed: number
  out?: string
  json?: true
}

/** k6 needs this long before its first VU can run. */
const LEAD_MS = 2_500
const PROGRESS_EVERY_MS = 5_000
const MOST_CLIENTS = 20_000

const EXIT_OF = { held: EXIT.held, did_not_hold: EXIT.didNotHold, not_proven: EXIT.notProven } as const

export const load = defineCommand<LoadCommandOptions>({
  name: 'load',
  summary: 'Play one k6 scenario against a progress server and say what its clients saw.',
  example: 'petrel load wrong-path --target http://127.0.0.1:8080 --clients 20 --fault 30s',
  define(command) {
    command
      .argument('<scenario>', SCENARIOS.map(({ name }) => name).join(', '))
      .option('--target <url>', 'server to load; without it one is started for the run')
      .option('--clients <number>', 'clients in the crowd', wholeNumber('--clients', 1, MOST_CLIENTS))
      .option(
        '--bad-clients <number>',
        'how many of them misbehave in the fault phase (all)',
        wholeNumber('--bad-clients', 0, MOST_CLIENTS),
      )
      .option('--policy <name>', `reconnect policy: ${POLICIES.map(({ name }) => name).join(', ')}`)
      .option('--warmup <duration>', 'length of the warm-up')
      .option('--fault <duration>', 'length of the fault phase')
      .option('--recovery <duration>', 'length of the recovery')
      .option('--task <duration>', 'length of the tasks that well-behaved clients follow (1s)')
      .option('--seed <number>', 'equal seeds give equal crowds', wholeNumber('--seed', 0, 2 ** 31), 1)
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
    const settings = loadSettings(options)
    return withScope(async scope => {
      const report = progressReport(io)
      const { k6 } = await projectTools(['k6'], io, report)
      const folder = scope.use(await temporaryFolder('load')).path
      const target = options.target ?? (await ownServer(scope, folder, io)).url
      const origin = await checkTarget(target, io.signal)
      const startAt = systemClock.wall() + LEAD_MS
      report(`${scenario.name} against ${origin}: ${scenario.summary}`)
      const running = scope.use(
        await startLoad({
          scenario,
          target: origin,
          settings,
          startAt,
          k6,
          folder,
          env: io.env,
          clock: systemClock,
          signal: io.signal,
        }),
      )
      const ticker = setInterval(() => report(whereWeAre(scenario, settings, startAt)), PROGRESS_EVERY_MS)
      scope.defer(() => clearInterval(ticker))
      const result = await running.result
      io.signal.throwIfAborted()
      if (options.out !== undefined) await keep(resolve(io.cwd, options.out), result, running.process.tail())
      if (options.json) io.out(`${JSON.stringify(result, null, 2)}\n`)
      else io.out(`${describe(result, io).join('\n')}\n`)
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
  const phases: Partial<Record<Phase, number>> = {}
  for (const phase of PHASES) {
    const text = options[phase]
    if (text !== undefined) phases[phase] = parseDuration(text)
  }
  return {
    ...(options.clients === undefined ? {} : { clients: options.clients }),
    ...(options.badClients === undefined ? {} : { badClients: options.badClients }),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
    ...(options.task === undefined ? {} : { taskMs: parseDuration(options.task) }),
    phases,
    seed: options.seed,
  }
}

async function ownServer(scope: Parameters<Parameters<typeof withScope>[0]>[0], folder: string, io: Io) {
  const logFile = join(folder, 'server.log')
  return scope.use(await startReferenceServer({ name: 'the server', logFile, signal: io.signal }))
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

/** What people read: a line per phase, then what did not hold. */
function describe(result: LoadResult, io: Io): string[] {
  const head = ['phase', 'attempts', 'accepted', 'refused', 'usable', 'reconnects', 'first message p95']
  const rows = PHASES.map(phase => {
    const { attempts, accepted, refused, usable, reconnects, firstMessageMs } = result.phases[phase]
    const statuses = Object.entries(refused).map(([status, count]) => `${count} × ${status}`)
    return [
      phase,
      String(attempts),
      String(accepted),
      statuses.join(', ') || '0',
      String(usable),
      String(reconnects),
      firstMessageMs ? `${Math.round(firstMessageMs.p95)} ms` : '-',
    ]
  })
  const recovery = result.recoveryMs
  return [
    ...tableLines([head, ...rows]),
    ...(recovery
      ? [
          '',
          `recovered after the drop: p50 ${Math.round(recovery.p50)} ms, p95 ${Math.round(recovery.p95)} ms, p99 ${Math.round(recovery.p99)} ms`,
        ]
      : []),
    '',
    `${result.scenario}: ${verdictText(io, result.verdict)}`,
    ...[...result.violations, ...result.problems].map(sentence => `  ${sentence}`),
  ]
}

async function keep(folder: string, result: LoadResult, k6Log: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`)
  await writeFile(join(folder, 'k6.log'), `${k6Log.join('\n')}\n`)
}
