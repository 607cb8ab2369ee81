import { join, relative, resolve } from 'node:path'
import { type ExitCode, systemClock, withScope } from '#core'
import { type DemoResult, renderReport, runDemo } from '#prove'
import { temporaryFolder } from '#stack'
import type { Io } from '../io.ts'
import { makeOutFolder, writeOut } from '../out-folder.ts'
import { progressReport, verdictText } from '../progress.ts'
import { PROJECT, projectTools } from '../project.ts'
import { indented, secondsText, tableLines } from '../table.ts'
import { defineCommand } from './define.ts'

interface DemoOptions {
  out?: string
}

export const demo = defineCommand<DemoOptions>({
  name: 'demo',
  summary: 'Replay the founding incident: reproduced, alerted on, and proven fixed.',
  example: 'petrel demo --out out/demo',
  define(command) {
    command.option('--out <folder>', 'where the report and the result go (default: out/demo in the project)')
  },
  run(options, _args, io) {
    return withScope(async scope => {
      const out = options.out === undefined ? join(PROJECT, 'out', 'demo') : resolve(io.cwd, options.out)
      await makeOutFolder(out)
      const report = progressReport(io)
      report('finding k6, Prometheus and Alertmanager')
      const tools = await projectTools(['k6', 'prometheus', 'alertmanager'], io, report)
      const { signal, env } = io
      const folder = scope.use(await temporaryFolder('demo')).path
      const result = await runDemo({ tools, folder, env, clock: systemClock, report, signal })
      await writeOut(out, 'result.json', `${JSON.stringify(result)}\n`)
      await writeOut(out, 'report.html', renderReport(result))
      io.out(`${describe(result, io).join('\n')}\n\n`)
      for (const file of ['report.html', 'result.json']) io.out(`${relative(io.cwd, join(out, file))}\n`)
      return result.exitCode as ExitCode
    })
  },
})

/** The tables of both regimes, the alerts, the conclusions and the verdict. */
function describe(result: DemoResult, io: Io): string[] {
  const lines: string[] = []
  for (const { title, table, replays, conclusions } of result.regimes) {
    const rows = table.map(({ measure, before, after }) => [measure, before, after])
    lines.push('', title, '', ...indented(tableLines([['', 'before', 'after'], ...rows])))
    const head = [
      'replay',
      'alert',
      'severity',
      'expected',
      'detect',
      'predicted',
      'resolve',
      'predicted',
      '',
    ]
    const alerts = replays.flatMap(({ job, alerts }) =>
      alerts
        .filter(
          ({ expected, verdict, fired }) =>
            expected === 'fire' || verdict !== 'held' || (expected === 'either' && fired),
        )
        .map(({ alert, severity, expected, detect, resolve: resolved, verdict }) => [
          job,
          alert,
          severity,
          expected,
          secondsText(detect.measured),
          secondsText(detect.predicted),
          secondsText(resolved.measured),
          secondsText(resolved.predicted),
          verdictText(io, verdict),
        ]),
    )
    const silent = replays.flatMap(({ alerts }) =>
      alerts.filter(({ expected, verdict }) => expected === 'silent' && verdict === 'held'),
    )
    lines.push('', ...indented(tableLines([head, ...alerts])))
    lines.push(`  and ${silent.length} alerts that had to stay silent did`)
    lines.push('', ...conclusions.map(sentence => `  ${sentence}`))
  }
  lines.push('', `The incident and its fix: ${verdictText(io, result.verdict)}`)
  lines.push(...result.failures.map(sentence => `  ${sentence}`))
  return lines
}
