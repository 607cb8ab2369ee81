import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median, withScope } from '#core'
import { findTools, startProcess, toolCache } from '#stack'
import { PROJECT } from '../src/cli/project.ts'
import { startChild } from './lib/child.ts'
import { assignCores } from './lib/cores.ts'
import { describeMachine } from './lib/machine.ts'
import type { SubjectApi } from './subjects/subject.ts'

/**
 * What one k6 process can do on this machine: `node bench/k6-limits.ts` prints the figures of
 * docs/explanation/load-limits.md. The server is bare ws on a core of its own, k6 has the other.
 */

const { values } = parseArgs({
  options: { sockets: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '5' } },
})
const SOCKETS = Number(values.sockets)
const ROUNDS = Number(values.rounds)
const SOCKETS_PER_VU = 1_000
const ADDRESSES = '127.0.0.2,127.0.0.3,127.0.0.4,127.0.0.5'
/** Long enough for all to have opened on a slow core, and for k6 to have given back what opening took. */
const HOLD_MS = 12_000
const DIAL_MS = 6_000
const VUS_THAT_DIAL = 4
const LOOK_MS = 250
/** Looks that are taken for the time at rest, from its last four seconds without the end itself. */
const IDLE_LOOKS = 16
const ENDING_LOOKS = 6

interface Told {
  vu: number
  at: number
  opened: number
  ended: number
}

const { signal } = new AbortController()
const cores = assignCores()
const report = (line: string) => void process.stderr.write(`${line}\n`)
const { k6 } = await findTools(['k6'], {
  env: process.env,
  cache: toolCache(process.env, PROJECT),
  report,
  signal,
})

interface Played {
  told: Told[]
  rss: number
  peak: number
  /** CPU that the process had used by some moments. */
  cpu: { at: number; seconds: number }[]
}

/** Kernel ticks a second in /proc, the same on every Linux that Node runs on. */
const TICKS = 100

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

/** Plays the script once; gives what its VUs told, and the memory that the process held at rest and at most, in bytes. */
async function play(url: string, env: Record<string, string>): Promise<Played> {
  const told: Told[] = []
  const seen: number[] = []
  const cpu: { at: number; seconds: number }[] = []
  const [program = k6.path, ...first] = [...cores.generator, k6.path]
  const script = fileURLToPath(new URL('./k6/limits.ts', import.meta.url))
  const child = await startProcess({
    name: 'k6',
    command: program,
    args: [
      ...first,
      'run',
      '--quiet',
      '--no-usage-report',
      '--address',
      '',
      '--local-ips',
      ADDRESSES,
      script,
    ],
    env: { ...env, URL: url, K6_AUTO_EXTENSION_RESOLUTION: 'false', GOMAXPROCS: '1' },
    signal,
    onLine(line) {
      const json = /msg="(\{.*\})"/.exec(line)?.[1]
      if (json) told.push(JSON.parse(json.replaceAll('\\"', '"')))
    },
  })
  const look = setInterval(() => {
    try {
      cpu.push({ at: Date.now(), seconds: cpuSeconds(child.pid) })
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      seen.push(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1_024)
    } catch {
      // It has ended.
    }
  }, LOOK_MS)
  const { code } = await child.exited
  clearInterval(look)
  if (code !== 0) throw new Error(`k6 ended with code ${code}: ${child.tail().join('\n')}`)
  // The last looks but one: nobody dials any more, and nobody leaves yet.
  return { told, rss: median(seen.slice(-IDLE_LOOKS, -ENDING_LOOKS)), peak: Math.max(...seen), cpu }
}

/** The last thing that each VU told, added up. */
function lastOf(told: readonly Told[], key: 'opened' | 'ended'): number {
  const byVu = new Map(told.map(one => [one.vu, one[key]]))
  return [...byVu.values()].reduce((sum, count) => sum + count, 0)
}

/** Without its first two seconds: k6 compiles the script for each VU. A busy neighbour takes from the one, not the other. */
function ratesOf({ told, cpu }: Played): { perSecond: number; perCpuSecond: number } {
  const from = Math.min(...told.map(({ at }) => at)) + 2_000
  const late = told.filter(({ at }) => at >= from)
  const first = new Map(late.toReversed().map(one => [one.vu, one]))
  const last = new Map(late.map(one => [one.vu, one]))
  let rate = 0
  for (const [vu, { at, opened }] of last) {
    const begin = first.get(vu)
    if (begin && at > begin.at) rate += ((opened - begin.opened) / (at - begin.at)) * 1_000
  }
  const until = Math.max(...late.map(({ at }) => at))
  const within = cpu.filter(({ at }) => at >= from && at <= until)
  const [begin, end] = [within[0], within.at(-1)]
  const share = begin && end ? (end.seconds - begin.seconds) / ((end.at - begin.at) / 1_000) : Number.NaN
  return { perSecond: Math.round(rate), perCpuSecond: Math.round(rate / share) }
}

const figures = await withScope(async scope => {
  const subject = fileURLToPath(new URL('./subjects/bare-ws.ts', import.meta.url))
  const server = scope.use(
    startChild<SubjectApi<{ topics: number }>>({
      command: [...cores.server, process.execPath, '--expose-gc', subject],
    }),
  )
  const { port, paths } = await server.call('start', { topics: 1 })
  const url = `ws://127.0.0.1:${port}${paths[0]}`
  const vus = String(Math.ceil(SOCKETS / SOCKETS_PER_VU))

  report('k6 with its VUs and no socket')
  const idle = { MODE: 'idle', VUS: vus, HOLD_MS: String(HOLD_MS) }
  const empty = await play(url, { ...idle, SOCKETS_EACH: '0' })
  report(`k6 with ${SOCKETS} sockets`)
  const full = await play(url, { ...idle, SOCKETS_EACH: String(SOCKETS_PER_VU) })
  const open = lastOf(full.told, 'opened') - lastOf(full.told, 'ended')

  const rounds: { perSecond: number; perCpuSecond: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    report(`handshakes, round ${round + 1} of ${ROUNDS}`)
    const env = { MODE: 'handshakes', VUS: String(VUS_THAT_DIAL), HOLD_MS: String(DIAL_MS) }
    rounds.push(ratesOf(await play(url, env)))
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    cores: cores.text,
    k6: k6.version,
    socketsHeld: open,
    kibPerSocket: Math.round(((full.rss - empty.rss) / Math.max(1, open) / 1_024) * 10) / 10,
    k6MibWithoutSockets: Math.round(empty.rss / 2 ** 20),
    k6MibWithSockets: Math.round(full.rss / 2 ** 20),
    k6MibAtMost: Math.round(full.peak / 2 ** 20),
    handshakesPerCpuSecond: median(rounds.map(({ perCpuSecond }) => perCpuSecond)),
    handshakesPerSecond: median(rounds.map(({ perSecond }) => perSecond)),
    rounds,
  }
})
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
