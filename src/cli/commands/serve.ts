import { aborted, EXIT, systemClock } from '#core'
import { createLogger, openTelemetry, startServer } from '../../../server/index.ts'
import { addSettingOptions, readSettings, type SettingOptions } from '../settings.ts'
import { defineCommand } from './define.ts'

export const serve = defineCommand<SettingOptions>({
  name: 'serve',
  summary: 'Start the reference progress server.',
  example: 'petrel serve --port 8080 --fault send-in-catch',
  define: addSettingOptions,
  async run(options, _args, io) {
    const { settings } = await readSettings(options, io)
    // Streams outlast whoever collects the log.
    io.goOnUnread?.()
    const log = createLogger(settings.logLevel, process.stdout)
    const telemetry = await openTelemetry(io.env, log)
    try {
      const server = await startServer(settings, log, systemClock, telemetry?.tracing)
      // Nothing else keeps the process: it serves until it is told to end, and ending on request is success.
      await aborted(io.signal)
      await server.stop()
    } finally {
      await telemetry?.stop()
    }
    return EXIT.held
  },
})
