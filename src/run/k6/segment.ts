import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OwnedProcess, startProcess } from '#stack'
import { exitProblem } from './exit-codes.ts'
import type { Outcome } from './outcome.ts'
import { OF_A_SCENARIO } from './variables.ts'

/** Where k6's metrics go, and the job that they get there. */
export interface RemoteWrite {
  url: string
  job: string
}

export interface SegmentOptions {
  name: string
  /** The k6 to run. */
  path: string
  script: string
  folder: string
  /** Which of how many shares of the crowd it plays, from 0 on. */
  index: number
  of: number
  /** Source addresses of this share; none leaves them to the system. */
  addresses: readonly string[]
  /** What the scenario is told. */
  variables: Readonly<Record<string, string>>
  /** The environment that k6 gets, without its own variables and those of a scenario. */
  env: Readonly<Record<string, string | undefined>>
  remoteWrite: RemoteWrite | undefined
  signal: AbortSignal
}

/** One k6 that plays its share of a crowd. */
export interface Segment {
  process: OwnedProcess
  /** Never rejects for what k6 does. */
  outcome: Promise<Outcome>
}

/** Starts one k6 with the whole crowd, or with one of its equal shares. */
export async function startSegment(options: SegmentOptions): Promise<Segment> {
  const { index, of, folder, addresses, remoteWrite } = options
  const isAlone = of === 1
  const suffix = isAlone ? '' : `-${index + 1}`
  const file = (name: string, extension: string) => join(folder, `${name}${suffix}.${extension}`)
  const resultFile = file('k6-result', 'json')
  const consoleFile = file('k6-console', 'log')
  const child = await startProcess({
    name: options.name,
    command: options.path,
    args: [
      ...['run', '--quiet', '--no-usage-report', '--address', ''],
      ...['--log-format', 'raw', '--console-output', consoleFile],
      ...(isAlone ? [] : segmentArguments(index, of)),
      ...(addresses.length > 0 ? ['--local-ips', addresses.join(',')] : []),
      ...(remoteWrite === undefined
        ? []
        : ['--out', 'experimental-prometheus-rw', '--tag', `job=${remoteWrite.job}`]),
      // Series of the same name from two generators would overwrite each other.
      ...(remoteWrite === undefined || isAlone ? [] : ['--tag', `segment=${index + 1}`]),
      options.script,
    ],
    env: {
      ...without(options.env, /^K6_|^GITHUB_TOKEN$/),
      ...without(options.env, OF_A_SCENARIO),
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
      K6_WEB_DASHBOARD: 'false',
      ...(remoteWrite === undefined
        ? {}
        : {
            K6_PROMETHEUS_RW_SERVER_URL: remoteWrite.url,
            // By default every 5 s: a rate over four scrapes of a second would see one sample, or none.
            K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s',
            K6_PROMETHEUS_RW_TREND_STATS: 'p(50),p(95),p(99),max,count',
          }),
      ...options.variables,
      RESULT_FILE: resultFile,
    },
    cwd: folder,
    logFile: file('k6', 'log'),
    signal: options.signal,
  })
  const read = (name: string) => readFile(name, 'utf8').catch(() => '')
  const outcome = child.exited.then(async (exit): Promise<Outcome> => {
    const problem = exitProblem(exit)
    // Without the lines of a stack trace, which say nothing of the scenario to who reads a report.
    const said = child.tail().filter(line => line.trim() !== '' && !/^\s+at /.test(line))
    const tail = said.slice(-3)
    return {
      name: isAlone ? '' : `segment ${index + 1} of ${of}`,
      problem: problem === undefined ? undefined : [problem, ...tail].join('\n'),
      result: await read(resultFile),
      console: await read(consoleFile),
    }
  })
  return { process: child, outcome }
}

/** As k6-operator cuts a crowd: equal shares in a sequence that all of them are told. */
function segmentArguments(index: number, of: number): string[] {
  const edge = (number: number) => (number === 0 ? '0' : number === of ? '1' : `${number}/${of}`)
  const edges = Array.from({ length: of + 1 }, (_, number) => edge(number))
  return [
    ...['--execution-segment', `${edge(index)}:${edge(index + 1)}`],
    ...['--execution-segment-sequence', edges.join(',')],
  ]
}

/** Takes inherited variables away: `undefined` removes one from a child's environment. */
function without(env: SegmentOptions['env'], pattern: RegExp): Record<string, undefined> {
  return Object.fromEntries(
    Object.keys(env)
      .filter(name => pattern.test(name))
      .map(name => [name, undefined]),
  )
}
