import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Option } from 'commander'
import { z } from 'zod'
import { EXIT, errorText, PetrelError, parseDuration } from '#core'
import {
  createLogger,
  DEFAULT_SETTINGS,
  FAULT_SWITCHES,
  parseFaults,
  startServer,
} from '../../../server/index.ts'
import type { Io } from '../io.ts'
import { wholeNumber } from '../options.ts'
import { defineCommand } from './define.ts'

interface ServeOptions {
  host: string
  port: number
  fault: string[]
  faultsFile?: string
  historyReadMs: number
  heartbeat: string
  shutdownGrace: string
  seed: number
  logLevel: string
  allowOrigin: string[]
  redis?: string
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
const faultsFile = z.record(z.string(), z.string())

export const serve = defineCommand<ServeOptions>({
  name: 'serve',
  summary: 'Start the reference progress server.',
  example: 'petrel serve --port 8080 --fault send-in-catch',
  define(command) {
    const collect = (value: string, before: string[]) => [...before, value]
    command
      .option('--host <address>', 'address to listen on', DEFAULT_SETTINGS.host)
      .option(
        '--port <number>',
        'port to listen on, 0 takes a free one',
        wholeNumber('--port', 0, 65_535),
        DEFAULT_SETTINGS.port,
      )
      .addOption(
        new Option(
          '--fault <name>',
          `turn a bug on: ${FAULT_SWITCHES.map(({ name }) => name).join(', ')} (repeatable)`,
        )
          .argParser(collect)
          .default([], 'none'),
      )
      .option('--faults-file <file>', 'JSON file of fault switches, as {"send-in-catch": "on"}')
      .option(
        '--history-read-ms <ms>',
        'simulated latency of the history read',
        wholeNumber('--history-read-ms', 0, 60_000),
        0,
      )
      .option('--heartbeat <duration>', 'time between pings', '25s')
      .option('--shutdown-grace <duration>', 'how long a stop may take', '5s')
      .option(
        '--seed <number>',
        'equal seeds give equal simulated work',
        wholeNumber('--seed', 0, 2 ** 32 - 1),
        1,
      )
      .option('--redis <url>', 'store that replicas share, as redis://127.0.0.1:6379 (default: this process)')
      .option('--log-level <level>', LOG_LEVELS.join(', '), 'info')
      .addOption(
        new Option('--allow-origin <origin>', 'browsers of this origin may connect (repeatable)')
          .argParser(collect)
          .default([], 'none'),
      )
  },
  async run(options, _args, io) {
    if (!LOG_LEVELS.includes(options.logLevel)) {
      throw new PetrelError('bad_option', `--log-level "${options.logLevel}" is none`, {
        hint: LOG_LEVELS.join(', '),
      })
    }
    const fromFile = options.faultsFile ? await readFaultsFile(options.faultsFile, io) : []
    const settings = {
      ...DEFAULT_SETTINGS,
      host: options.host,
      port: options.port,
      historyReadMs: options.historyReadMs,
      heartbeatMs: parseDuration(options.heartbeat),
      shutdownGraceMs: parseDuration(options.shutdownGrace),
      seed: options.seed,
      logLevel: options.logLevel,
      allowedOrigins: options.allowOrigin,
      redisUrl: options.redis,
      faults: parseFaults([...fromFile, ...options.fault]),
    }
    const server = await startServer(settings, createLogger(settings.logLevel, process.stdout))
    // Nothing else keeps the process: it serves until it is told to end, and ending on request is success.
    await new Promise<void>(done => {
      if (io.signal.aborted) done()
      io.signal.addEventListener('abort', () => done(), { once: true })
    })
    await server.stop()
    return EXIT.held
  },
})

async function readFaultsFile(file: string, io: Io): Promise<string[]> {
  try {
    const switches = faultsFile.parse(JSON.parse(await readFile(resolve(io.cwd, file), 'utf8')))
    return Object.entries(switches).map(([name, variant]) => `${name}=${variant}`)
  } catch (cause) {
    throw new PetrelError(
      'config_unreadable',
      `the faults file ${file} cannot be read: ${errorText(cause)}`,
      {
        hint: 'it is JSON, as {"send-in-catch": "on"}',
      },
    )
  }
}
