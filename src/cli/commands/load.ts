import { join, resolve } from 'node:path'
import { EXIT, type ExitCode, type Scope, systemClock, withScope } from '#core'
import { EXIT_OF } from '#report'
import {
  checkTarget,
  hasTasks,
  K6_LEAD_MS,
  type LoadResult,
  type LoadSettings,
  startLoad,
  startReferenceServer,
  whyGone,
  withProblems,
} from '#run'
import { temporaryFolder } from '#stack'
import { scenarioOf } from '../gate-options.ts'
import type { Io } from '../io.ts'
import { emitted, merged } from '../load-elsewhere.ts'
import { addLoadOptions, type LoadCommandOptions, loadSettings } from '../load-options.ts'
import { mustFit, mustLast } from '../load-plan.ts'
import { followProgress, whereWeAre } from '../load-progress.ts'
import { loadReport } from '../load-report.ts'
import { makeOutFolder, writeOut } from '../out-folder.ts'
import { progressReport } from '../progress.ts'
import { projectTools } from '../project.ts'
import { defineCommand } from './define.ts'

export const load = defineCommand<LoadCommandOptions>({
  name: 'load',
  summary: 'Play one k6 scenario against a progress server and say what its clients saw.',
  example: 'petrel load wrong-path --target http://127.0.0.1:8080 --clients 20 --fault 30s',
  define(command) {
    addLoadOptions(command)
  },
  async run(options, [name = ''], io) {
    const scenario = scenarioOf(name)
    if (options.merge) return tell(await merged(scenario, options.merge, io), options, io)
    const wanted = loadSettings(options)
    mustLast(scenario, wanted)
    if (options.emit) return emit(await emitted(scenario, wanted, options), options, io)
    await mustFit([{ scenario, settings: wanted }])
    if (options.out !== undefined) await makeOutFolder(resolve(io.cwd, options.out))
    return withScope(async scope => {
      const report = progressReport(io)
      const { k6 } = await projectTools(['k6'], io, report)
      const folder = scope.use(await temporaryFolder('load')).path
      const { targets, settings } = await findTargets(options, wanted, folder, io, scope)
      const startAt = systemClock.wall() + K6_LEAD_MS
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
      const counted = await running.result
      io.signal.throwIfAborted()
      const result = withProblems(counted, await endedTargets(targets, options, io))
      const log = running.processes.flatMap(process => process.tail())
      if (options.out !== undefined) await keep(resolve(io.cwd, options.out), result, log)
      return tell(result, options, io)
    })
  },
})

function tell(result: LoadResult, { json }: LoadCommandOptions, io: Io): ExitCode {
  if (json) io.out(`${JSON.stringify(result, null, 2)}\n`)
  else io.out(`${loadReport(result, io).join('\n')}\n`)
  return EXIT_OF[result.verdict]
}

/** To where `kubectl apply -f -` reads it, or into the folder. */
async function emit(manifests: string, { out }: LoadCommandOptions, io: Io): Promise<ExitCode> {
  if (out === undefined) io.out(manifests)
  else {
    const folder = resolve(io.cwd, out)
    await makeOutFolder(folder)
    await writeOut(folder, 'k8s.yaml', manifests)
    io.err(`${join(out, 'k8s.yaml')}\n`)
  }
  return EXIT.held
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

/** Targets that ended during the run; a command may end one of several for good. */
async function endedTargets(
  targets: readonly string[],
  { path, faultCommand }: LoadCommandOptions,
  io: Io,
): Promise<string[]> {
  const asked = await Promise.all(targets.map(target => whyGone(target, io.signal, path === undefined)))
  const gone = asked.filter(why => why !== undefined)
  if (faultCommand !== undefined && gone.length < targets.length) return []
  return gone.map(why => `the target ended during the run: ${why}`)
}

async function keep(folder: string, result: LoadResult, k6Log: readonly string[]): Promise<void> {
  await writeOut(folder, 'result.json', `${JSON.stringify(result, null, 2)}\n`)
  await writeOut(folder, 'k6.log', `${k6Log.join('\n')}\n`)
}
