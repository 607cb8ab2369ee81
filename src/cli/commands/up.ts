import { Option } from 'commander'
import { WINDOW_SETS, type WindowSet } from '#catalog'
import { EXIT, errorText, PetrelError, type Report, systemClock, withScope } from '#core'
import { locateTool, TOOLS, temporaryFolder, toolCache } from '#stack'
import { runUp, stormNamed, stormNames } from '#up'
import { openRecorded } from '../open-recorded.ts'
import { wholeNumber } from '../options.ts'
import { progressReport } from '../progress.ts'
import { PROJECT, projectTools } from '../project.ts'
import { nearest } from '../suggest.ts'
import { defineCommand } from './define.ts'

interface UpCommandOptions {
  storm?: string
  recorded?: string
  windows: WindowSet
  port: number
  redis: boolean
  json?: true
}

export const up = defineCommand<UpCommandOptions>({
  name: 'up',
  summary: 'Keep a whole stack running on this machine, with a page that shows it, and storms on demand.',
  example: 'petrel up --storm wrong-path',
  define(command) {
    command
      .option('--storm <name>', `start with one: ${stormNames().join(', ')}`)
      .addOption(
        new Option('--windows <set>', 'windows of the alerts: seconds, or those that page people')
          .choices(WINDOW_SETS)
          .default('drill'),
      )
      .option('--port <number>', 'port of the page; 0 takes a free one', wholeNumber('--port', 0, 65_535), 0)
      .addOption(
        new Option(
          '--recorded <name>',
          'open a recorded incident in a Prometheus of its own, and nothing else',
        ).conflicts(['storm', 'windows', 'port', 'redis']),
      )
      .option('--no-redis', 'keep tasks in memory, also where Redis is installed')
      .option('--json', 'print the URLs as one line of JSON when all of it runs')
  },
  async run(options, _args, io) {
    if (options.recorded !== undefined) return openRecorded(options.recorded, options.json === true, io)
    if (options.storm !== undefined) stormNamed(options.storm)
    return withScope(async scope => {
      const report = progressReport(io)
      report('finding k6, Prometheus and Alertmanager')
      const tools = await projectTools(['k6', 'prometheus', 'alertmanager'], io, report)
      const redis = options.redis
        ? await locateTool(TOOLS['redis-server'], io.env, toolCache(io.env, PROJECT))
        : undefined
      if (!redis) report('tasks are kept in memory: no Redis')
      const folder = scope.use(await temporaryFolder('up')).path
      await runUp({
        tools,
        redis,
        windows: options.windows,
        port: options.port,
        folder,
        env: io.env,
        clock: systemClock,
        report,
        signal: io.signal,
        onReady(part, url) {
          if (!options.json) io.out(`${part.padEnd(13)}${url}\n`)
        },
        onUp(urls, startStorm) {
          if (options.json) io.out(`${JSON.stringify(urls)}\n`)
          const start = (name: string) => void startStorm(name).catch(error => tell(error, report))
          if (options.storm !== undefined) start(options.storm)
          const typing = io.typed?.(line => {
            if (line.trim() !== '') start(guessed(line.trim()))
          })
          if (typing) scope.use(typing)
          report(`all of it runs; ${typing ? 'type the name of a storm, ' : ''}end it with Ctrl-C`)
        },
      })
      // Ending on request is success, as it is for a server.
      return EXIT.held
    })
  },
})

/** A person who types means the nearest storm. */
const guessed = (name: string) => nearest(name, stormNames()) ?? name

function tell(error: unknown, report: Report): void {
  const hint = error instanceof PetrelError && error.hint ? `; ${error.hint}` : ''
  report(`${errorText(error)}${hint}`)
}
