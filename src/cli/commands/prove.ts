import { join, relative, resolve } from 'node:path'
import { Option } from 'commander'
import { ALERTS, DRILLS, type Drill } from '#catalog'
import { type ExitCode, PetrelError, systemClock, withScope } from '#core'
import { drillsFor, type ProofResult, proofMetrics, readRunbooks, runProof } from '#prove'
import { temporaryFolder } from '#stack'
import { wholeNumber } from '../options.ts'
import { makeOutFolder, writeOut } from '../out-folder.ts'
import { progressReport } from '../progress.ts'
import { PROJECT, projectTools } from '../project.ts'
import { proofLines } from '../proof-report.ts'
import { PROOF_FOLDER, proveRecorded, recordingsIn } from '../recorded.ts'
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
          .default('full')
          .conflicts(['only', 'alert']),
      )
      .option('--repeat <times>', 'play it all so often', wholeNumber('--repeat', 1, MOST_REPEATS), 1)
      .option(
        '--record',
        'save each drill that proved something to the folder `recordings` beside the result',
      )
      .addOption(
        new Option(
          '--recorded',
          'play nothing: evaluate what was saved there (or the recorded incidents of the project) under the present rules; --only names recordings',
        ).conflicts(['alert', 'suite', 'repeat', 'record', 'write']),
      )
      .addOption(
        new Option('--write', 'write the page docs/reference/proof.md from the result').conflicts([
          'only',
          'alert',
        ]),
      )
      .option('--json', 'print the result as JSON and nothing else on stdout')
      .option('--out <folder>', 'where the result and its metrics go (default: out/proof in the project)')
  },
  run(options, _args, io) {
    const named = options.out === undefined ? undefined : resolve(io.cwd, options.out)
    if (options.recorded) {
      return proveRecorded(
        {
          ...(named !== undefined && { folder: recordingsIn(named) }),
          ...(options.only && { names: options.only }),
          json: options.json === true,
        },
        io,
      )
    }
    return withScope(async scope => {
      const { drills, suite } = chosen(options)
      const out = named ?? PROOF_FOLDER
      await makeOutFolder(options.record ? recordingsIn(out) : out)
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
        ...(options.record && { recordings: recordingsIn(out) }),
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
