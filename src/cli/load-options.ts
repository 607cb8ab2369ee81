import { type Command, Option } from 'commander'
import { PHASES, type Phase, SCENARIOS } from '#catalog'
import { POLICIES } from '#client'
import { PetrelError, parseDuration } from '#core'
import type { LoadSettings } from '#run'
import { TOOLS } from '#stack'
import { clientsOption, MOST_CLIENTS, pathOption, seedOption, wholeNumber } from './options.ts'
import { suggestion } from './suggest.ts'

export interface LoadCommandOptions extends Partial<Record<Phase, string>> {
  target: string[]
  path?: string
  clients?: number
  badClients?: number
  policy?: string
  task?: string
  addresses: number
  seed: number
  faultCommand?: string
  prometheus?: string
  prometheusJob: string
  segments: number
  emit?: 'k8s'
  image: string
  merge?: string[]
  out?: string
  json?: true
}

/** Of the generated `prometheus.yml`. */
const JOB = 'progress'
const MOST_ADDRESSES = 100
/** Source addresses without --addresses. */
const ADDRESSES = 4
/** The k6 that is pinned here. */
const IMAGE = `grafana/k6:${TOOLS.k6.pinned}`
/** Processes on one machine, runners in a cluster. */
const MOST_SEGMENTS = 100

export function addLoadOptions(command: Command): void {
  const collect = (value: string, before: string[]) => [...before, value]
  command
    .argument('<scenario>', SCENARIOS.map(({ name }) => name).join(', '))
    .addOption(
      new Option(
        '--target <url>',
        'server to load, several for replicas; without it one is started for the run',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(pathOption())
    .addOption(clientsOption())
    .option(
      '--bad-clients <number>',
      "how many of them misbehave in the fault phase (the scenario's)",
      wholeNumber('--bad-clients', 0, MOST_CLIENTS),
    )
    .option('--policy <name>', `reconnect policy: ${POLICIES.map(({ name }) => name).join(', ')}`)
    .option('--warmup <duration>', 'length of the warm-up')
    .option('--steady <duration>', 'length of the undisturbed phase')
    .option('--fault <duration>', 'length of the fault phase')
    .option('--recovery <duration>', 'length of the recovery')
    .option('--task <duration>', 'length of the tasks that well-behaved clients follow (1s)')
    .option(
      '--addresses <number>',
      'source addresses of the crowd, towards this machine',
      wholeNumber('--addresses', 1, MOST_ADDRESSES),
      ADDRESSES,
    )
    .option(
      '--segments <number>',
      'k6 processes that share the crowd by execution segments; with --emit runners',
      wholeNumber('--segments', 1, MOST_SEGMENTS),
      1,
    )
    .addOption(
      new Option('--emit <format>', 'play nothing: write manifests for k6-operator').choices(['k8s']),
    )
    .option('--image <image>', 'with --emit: the k6 to run, with its version or digest', IMAGE)
    .option('--merge <files...>', 'play nothing: make one result of the logs of all runners')
    .addOption(seedOption())
    .option('--fault-command <command>', 'causes the fault, in place of what the scenario would do')
    .option('--prometheus <url>', "takes k6's metrics by remote write, as http://127.0.0.1:9090/api/v1/write")
    .option('--prometheus-job <name>', 'job under which it scrapes the target: both go together', JOB)
    .option('--out <folder>', "write result.json and k6's log there")
    .option('--json', 'print the result as JSON')
}

export function loadSettings(options: LoadCommandOptions): LoadSettings {
  if (options.policy !== undefined && !POLICIES.some(({ name }) => name === options.policy)) {
    throw new PetrelError('bad_option', `--policy "${options.policy}" is no reconnect policy`, {
      hint: suggestion(
        options.policy,
        POLICIES.map(({ name }) => name),
      ),
    })
  }
  if (options.path !== undefined && !options.path.startsWith('/')) {
    throw new PetrelError('bad_option', `--path "${options.path}" does not begin with a slash`, {
      hint: 'write it as /ws/{taskId}',
    })
  }
  if (options.path !== undefined && options.target.length === 0) {
    throw new PetrelError('bad_option', '--path without --target', {
      hint: 'name the server too; without --target one is started, whose path is known',
    })
  }
  if (options.prometheus !== undefined && !URL.canParse(options.prometheus)) {
    throw new PetrelError('bad_option', `--prometheus "${options.prometheus}" is no address`, {
      hint: 'write it as http://127.0.0.1:9090/api/v1/write',
    })
  }
  if (options.clients !== undefined && options.clients < options.segments) {
    throw new PetrelError('bad_option', `--segments ${options.segments} for ${options.clients} clients`, {
      hint: 'each of them plays a share of the crowd: take more clients, or fewer segments',
    })
  }
  const { clients, badClients = 0 } = options
  if (clients !== undefined && badClients > clients) {
    throw new PetrelError('bad_option', `--bad-clients ${badClients} of ${clients} clients`, {
      hint: 'they are part of the crowd: take fewer of them, or more --clients',
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
    ...(options.path === undefined ? {} : { pathTemplate: options.path }),
    ...(options.task === undefined ? {} : { taskMs: parseDuration(options.task) }),
    addresses: options.addresses,
    segments: options.segments,
    phases,
    seed: options.seed,
  }
}
