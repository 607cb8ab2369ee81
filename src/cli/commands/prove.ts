import { dirname, join, relative, resolve } from 'node:path'
import { Option } from 'commander'
import { ALERTS, DRILLS, type Drill } from '#catalog'
import { type ExitCode, PetrelError, type Scope, systemClock, withScope } from '#core'
import {
  drillsFor,
  evaluateRecordings,
  type ProofResult,
  proofMetrics,
  type Recording,
  readRecording,
  readRunbooks,
  recordingNames,
  recordingPath,
  runProof,
} from '#prove'
import { temporaryFolder } from '#stack'
import type { Io } from '../io.ts'
import { wholeNumber } from '../options.ts'
import { makeOutFolder, writeOut } from '../out-folder.ts'
import { progressReport, verdictText } from '../progress.ts'
import { PROJECT, projectTools } from '../project.ts'
import { proofLines } from '../proof-report.ts'
import { proofPage } from '../reference/proof.ts'
import { suggestion } from '../suggest.ts'
import { defineCommand } from './define.ts'

interface ProveOptions {
  only?: string[]
  alert?: string[]
  suite: 'ci' | 'full'
  repeat: number
  json?: true
  out?: string
  record?: true
  recorded?: true
  write?: true
}

const MOST_REPEATS = 50

export const prove = defineCommand<ProveOptions>({
  name: 'prove',
  summary: 'Fire and resolve every alert by a real scenario, and see it silent in all others.',
  example: 'petrel prove --alert WsFlapping --out out/proof',
  define(command) {
    command
      .option('--only <names...>', 'play these drills or scenarios alone')
      .option('--alert <names...>', 'play what must make these alerts fire, and the control `healthy`')
      .addOption(
        new Option('--suite <name>', 'what is played: enough to fire every alert, or all')
          .choices(['ci', 'full'])
          .default('full'),
      )
      .option('--repeat <times>', 'play it all so often', wholeNumber('--repeat', 1, MOST_REPEATS), 1)
      .option('--record', 'save each drill to the folder `recordings` beside the result')
      .option('--recorded', 'play nothing: evaluate what was saved there under the present rules')
      .option('--write', 'write the page docs/reference/proof.md from the result')
      .option('--json', 'print the result as JSON and nothing else on stdout')
      .option('--out <folder>', 'where the result and its metrics go (default: out/proof in the project)')
  },
  run(options, _args, io) {
    return withScope(async scope => {
      const { drills, suite } = chosen(options)
      const out = options.out === undefined ? join(PROJECT, 'out', 'proof') : resolve(io.cwd, options.out)
      await makeOutFolder(out)
      if (options.recorded) return evaluate(join(out, 'recordings'), io, scope)
      const report = progressReport(io)
      report('finding k6, Prometheus, Alertmanager and Redis')
      const tools = await projectTools(['k6', 'prometheus', 'alertmanager', 'redis-server'], io, report)
      const { signal, env } = io
      const folder = scope.use(await temporaryFolder('proof')).path
      const { repeat } = options
      const runbooks = await readRunbooks(
        join(PROJECT, 'docs', 'runbooks'),
        ALERTS.map(({ name }) => name),
      )
      const result = await runProof({
        ...{ drills, suite, repeat, asksPanels: suite === 'full', runbooks },
        ...(options.record && { recordings: join(out, 'recordings') }),
        ...{ tools, folder, env, clock: systemClock, report, signal },
      })
      await writeOut(out, 'result.json', `${JSON.stringify(result)}\n`)
      await writeOut(out, 'proof.prom', proofMetrics(result))
      if (options.write) {
        const { path, content } = proofPage(result)
        await writeOut(PROJECT, path, content)
      }
      if (options.json) io.out(`${JSON.stringify(result)}\n`)
      else {
        io.out(`${proofLines(result, io).join('\n')}\n\n`)
        for (const file of ['result.json', 'proof.prom']) io.out(`${relative(io.cwd, join(out, file))}\n`)
      }
      return result.exitCode as ExitCode
    })
  },
})

/** What was saved, under the rules of now. */
async function evaluate(folder: string, io: Io, scope: Scope): Promise<ExitCode> {
  const recordings: Recording[] = []
  for (const name of await recordingNames(folder)) {
    recordings.push(await readRecording(await recordingPath(folder, name)))
  }
  const path = await promtoolPath(io)
  const work = scope.use(await temporaryFolder('recorded')).path
  const result = await evaluateRecordings(recordings, { promtool: { path }, folder: work, signal: io.signal })
  for (const { name, alerts } of result.runs) {
    const held = alerts.filter(({ verdict }) => verdict === 'held').length
    io.out(`${name}: ${held} of ${alerts.length} as recorded\n`)
  }
  io.out(`The alerts, by what was recorded: ${verdictText(io, result.verdict)}\n`)
  for (const failure of result.failures) io.out(`  ${failure}\n`)
  return result.exitCode
}

/** promtool comes with Prometheus. */
async function promtoolPath(io: Io): Promise<string> {
  const { prometheus } = await projectTools(['prometheus'], io, progressReport(io))
  return join(dirname(prometheus.path), 'promtool')
}

/** @throws PetrelError `bad_option` for a name that nothing has. */
function chosen({ only, alert, suite }: ProveOptions): {
  drills: readonly Drill[]
  suite: ProofResult['suite']
} {
  const names = [...new Set(DRILLS.flatMap(drill => [drill.name, drill.scenario]))]
  for (const name of only ?? []) known('--only', name, names)
  const alerts = ALERTS.map(one => one.name)
  for (const name of alert ?? []) known('--alert', name, alerts)
  return {
    drills: drillsFor({ suite, ...(only && { only }), ...(alert && { alerts: alert }) }),
    suite: only || alert ? 'chosen' : suite,
  }
}

function known(option: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return
  throw new PetrelError('bad_option', `${option} "${name}" is not there`, { hint: suggestion(name, names) })
}
