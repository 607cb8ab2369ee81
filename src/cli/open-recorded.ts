import { join } from 'node:path'
import { aborted, EXIT, type ExitCode, PetrelError, withScope } from '#core'
import { openAsBlocks, RECORDING_FLAGS, type Recording, readRecording } from '#prove'
import { startPrometheus, temporaryFolder } from '#stack'
import type { Io } from './io.ts'
import { progressReport } from './progress.ts'
import { projectTools } from './project.ts'
import { findRecording } from './recorded.ts'

/**
 * Opens a recorded incident in a Prometheus of its own, and keeps it until it is told to end.
 * @throws PetrelError `recording_unreadable`; `watch_died` when Prometheus ends by itself.
 */
export function openRecorded(name: string, json: boolean, io: Io): Promise<ExitCode> {
  return withScope(async scope => {
    const recording = await readRecording(await findRecording(name))
    const report = progressReport(io)
    const { prometheus, promtool } = await projectTools(['prometheus', 'promtool'], io, report)
    const { signal } = io
    const folder = scope.use(await temporaryFolder('recorded')).path
    await openAsBlocks(recording, { promtool, folder, dataFolder: join(folder, 'prometheus-data'), signal })
    const service = scope.use(
      await startPrometheus({
        path: prometheus.path,
        folder,
        jobs: [],
        ruleFiles: [],
        interval: '15s',
        flags: RECORDING_FLAGS,
        signal,
      }),
    )
    const about = { prometheus: service.url, graph: graphUrl(service.url, recording), ...spanOf(recording) }
    if (json) io.out(`${JSON.stringify(about)}\n`)
    else for (const [part, text] of Object.entries(about)) io.out(`${part.padEnd(13)}${text}\n`)
    report(
      `${name}, job ${recording.job}: a data source for the boards, at the times above; end it with Ctrl-C`,
    )
    const died = service.process.exited.then(() => {
      if (!signal.aborted) throw new PetrelError('watch_died', `${service.process.name} ended by itself`)
    })
    await Promise.race([aborted(signal), died])
    // Ending on request is success, as it is for a server.
    return EXIT.held
  })
}

const lengthMs = ({ series, stepMs }: Recording) => Math.max(...series.map(one => one.values.length)) * stepMs

const spanOf = (recording: Recording) => ({
  from: new Date(recording.startsAt).toISOString(),
  to: new Date(recording.startsAt + lengthMs(recording)).toISOString(),
})

/** Prometheus's own page (where its build has one) on what fired. */
function graphUrl(url: string, recording: Recording): string {
  const parameters = new URLSearchParams({
    'g0.expr': 'ALERTS{alertstate="firing"}',
    'g0.tab': '0',
    'g0.range_input': `${Math.ceil(lengthMs(recording) / 1_000)}s`,
    'g0.end_input': spanOf(recording).to.slice(0, 19).replace('T', ' '),
  })
  return `${url}/graph?${parameters}`
}
