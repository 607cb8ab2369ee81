import { EXIT, errorText } from '#core'
import {
  GO,
  isWritable,
  locateTool,
  readMachine,
  TOOLS,
  type Tool,
  toolCache,
  waysHere,
  waysToGet,
} from '#stack'
import type { Io } from '../io.ts'
import { PROJECT } from '../project.ts'
import { tableLines } from '../table.ts'
import { defineCommand } from './define.ts'

/** One line of the answer. */
export interface Finding {
  name: string
  /** Who needs it. */
  for: 'demo' | 'tests' | 'set-up' | 'load'
  /** `can be had`: Petrel gets it when it needs it. `low`: fine for the demo, not for much load. */
  state: 'ok' | 'can be had' | 'missing' | 'wrong' | 'low'
  /** A version or an amount. */
  value: string
  where: string
  /** What to do about it; empty when there is nothing to do. */
  hint: string
}

const NPM: Tool = {
  name: 'npm',
  binaries: ['npm'],
  versionArgs: ['--version'],
  versionPattern: /^(\d+\.\d+\.\d+)$/m,
  minimum: '9.0.0',
  page: 'https://nodejs.org/en/download',
}
const DEMO_TOOLS: readonly string[] = ['k6', 'prometheus', 'alertmanager']

export const doctor = defineCommand<{ json?: true }>({
  name: 'doctor',
  summary: 'Say what is here of all that Petrel needs, and how to get the rest. Installs nothing.',
  example: 'petrel doctor',
  define(command) {
    command.option('--json', 'the answer as JSON')
  },
  async run(options, _args, io) {
    const findings = await examine(io)
    const ready = findings.every(
      ({ for: who, state }) => who !== 'demo' || (state !== 'missing' && state !== 'wrong'),
    )
    const wrong = findings.some(({ state }) => state === 'wrong')
    if (options.json) io.out(`${JSON.stringify({ ready, findings }, null, 2)}\n`)
    else for (const line of answer(findings, ready)) io.out(`${line}\n`)
    return wrong ? EXIT.usage : ready ? EXIT.held : EXIT.environment
  },
})

async function examine(io: Io): Promise<Finding[]> {
  const cache = toolCache(io.env, PROJECT)
  const writable = await isWritable(cache)
  const look = (tool: Tool, who: Finding['for']) => examineTool(tool, who, io.env, cache, writable)
  const tools = Object.values(TOOLS)
  const isDemo = (tool: Tool) => DEMO_TOOLS.includes(tool.name)
  return [
    {
      name: 'node',
      for: 'demo',
      state: 'ok',
      value: process.versions.node,
      where: process.execPath,
      hint: '',
    },
    ...(await Promise.all([
      ...tools.filter(isDemo).map(tool => look(tool, 'demo')),
      ...tools.filter(tool => !isDemo(tool)).map(tool => look(tool, 'tests')),
      look(NPM, 'set-up'),
      look(GO, 'set-up'),
    ])),
    {
      name: 'cache',
      for: 'set-up',
      state: writable ? 'ok' : 'low',
      value: writable ? 'writable' : 'not writable',
      where: cache,
      hint: writable ? '' : 'name a folder of yours in PETREL_CACHE',
    },
    ...(await examineMachine()),
  ]
}

async function examineTool(
  tool: Tool,
  who: Finding['for'],
  env: Io['env'],
  cache: string,
  writable: boolean,
): Promise<Finding> {
  const absent = { name: tool.name, for: who, value: '' }
  try {
    const found = await locateTool(tool, env, cache)
    if (found) {
      const where = found.source === 'PATH' ? found.path : `${found.path} (${found.source})`
      return { name: tool.name, for: who, state: 'ok', value: found.version, where, hint: '' }
    }
  } catch (error) {
    return { ...absent, state: 'wrong', where: '', hint: errorText(error) }
  }
  const ways = await waysHere(tool, { env, cache })
  const usable = ways.filter(way => writable || way === 'apt-get')
  if (usable.length > 0)
    return { ...absent, state: 'can be had', where: `by ${usable.join(', else ')}`, hint: '' }
  return { ...absent, state: 'missing', where: '', hint: waysToGet(tool).join('; or ') }
}

/** Below these the demo still runs; a load of thousands of clients does not. */
const ENOUGH = { cores: 2, memory: 2e9, descriptors: 10_000, ephemeralPorts: 20_000 }

async function examineMachine(): Promise<Finding[]> {
  const { cores, memory, descriptors, ephemeralPorts } = await readMachine()
  const finding = (name: string, amount: number, enough: number, value: string, hint: string): Finding => {
    const low = amount < enough
    return { name, for: 'load', state: low ? 'low' : 'ok', value, where: '', hint: low ? hint : '' }
  }
  return [
    finding('cores', cores, ENOUGH.cores, String(cores), 'server and load share them: expect "not proven"'),
    finding('memory', memory, ENOUGH.memory, `${(memory / 1e9).toFixed(1)} GB`, 'end other programs'),
    finding('descriptors', descriptors, ENOUGH.descriptors, String(descriptors), 'ulimit -n 65536'),
    ...(ephemeralPorts === undefined
      ? []
      : [
          finding(
            'ephemeral ports',
            ephemeralPorts,
            ENOUGH.ephemeralPorts,
            String(ephemeralPorts),
            'sysctl -w net.ipv4.ip_local_port_range="10000 65000"',
          ),
        ]),
  ]
}

function verdict(findings: readonly Finding[], ready: boolean): string {
  if (!ready) return './petrel demo cannot run here: see what is missing or wrong.'
  const fetched = findings.filter(({ for: who, state }) => who === 'demo' && state === 'can be had')
  if (fetched.length === 0) return './petrel demo can run here.'
  const names = fetched.map(({ name }) => name).join(', ')
  return `./petrel demo can run here once it has fetched ${names}, which it tries by itself.`
}

function answer(findings: readonly Finding[], ready: boolean): string[] {
  const rows = findings.map(({ name, for: who, state, value, where }) => [name, who, state, value, where])
  return [
    ...tableLines([['what', 'for', 'state', 'value', 'where'], ...rows]),
    '',
    ...findings.flatMap(({ name, hint }) => (hint ? [`${name}: ${hint}`] : [])),
    verdict(findings, ready),
  ]
}
