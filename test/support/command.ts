import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ENTRY = resolve(import.meta.dirname, '../../src/cli/bin.ts')

/** One run of the command line as a process of its own, watched for what it starts. */
export interface CommandRun {
  pid: number
  out(): string
  err(): string
  /** Exit code, or 128 + n for a signal it did not handle. */
  exited: Promise<number>
  signal(name: NodeJS.Signals): void
  /** Nobody reads its stdout (or stderr) any more, as when a log collector ends. */
  stopReading(stream?: 'stdout' | 'stderr'): void
  /** Waits until stdout or stderr holds the text. */
  says(text: string | RegExp, timeoutMs?: number): Promise<void>
  /** Every process that it started, directly or not, and that has been seen: id → command line. */
  started(): ReadonlyMap<number, string>
  /** Those of `started` that still live. */
  left(): string[]
  /** Files in the folder that it had for temporary things. */
  leftFiles(): string[]
  [Symbol.dispose](): void
}

/** Starts `petrel` with a temporary folder of its own. Disposing ends it, by id. */
export function startCommand(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string | undefined>; command?: readonly string[] } = {},
): CommandRun {
  const temporary = mkdtempSync(join(tmpdir(), 'petrel-test-'))
  const [program = '', ...first] = options.command ?? [process.execPath, ENTRY]
  const child: ChildProcess = spawn(program, [...first, ...args], {
    cwd: options.cwd ?? temporary,
    env: { ...process.env, TMPDIR: temporary, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid ?? 0
  let out = ''
  let err = ''
  child.stdout?.on('data', chunk => {
    out += chunk
  })
  child.stderr?.on('data', chunk => {
    err += chunk
  })
  const seen = new Map<number, string>()
  const look = () => {
    for (const [id, command] of descendants(pid)) {
      // One that has just ended has no command line any more.
      if (command !== '' || !seen.has(id)) seen.set(id, command)
    }
  }
  const watcher = setInterval(look, 50)
  const exited = new Promise<number>(done => {
    child.once('close', (code, signal) => {
      clearInterval(watcher)
      done(code ?? (signal ? 128 : 1))
    })
  })
  return {
    pid,
    out: () => out,
    err: () => err,
    exited,
    signal(name) {
      look()
      child.kill(name)
    },
    stopReading: (stream = 'stdout') => void child[stream]?.destroy(),
    async says(text, timeoutMs = 60_000) {
      const deadline = Date.now() + timeoutMs
      const there = () => (typeof text === 'string' ? (out + err).includes(text) : text.test(out + err))
      while (!there()) {
        if (child.exitCode !== null || Date.now() > deadline) {
          throw new Error(`the command never said ${text}; it said:\n${out}${err}`)
        }
        await new Promise(later => setTimeout(later, 20))
      }
      look()
    },
    started: () => seen,
    left: () => [...seen].filter(([id]) => isAlive(id)).map(([id, command]) => `${id} ${command}`),
    leftFiles: () => readdirSync(temporary),
    [Symbol.dispose]() {
      clearInterval(watcher)
      if (child.exitCode === null) child.kill('SIGKILL')
      for (const id of seen.keys()) if (isAlive(id)) process.kill(id, 'SIGKILL')
      rmSync(temporary, { recursive: true, force: true })
    },
  }
}

/** A zombie has ended: only its entry waits for its parent. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function descendants(root: number): Map<number, string> {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]))
    } catch {
      // It ended while we looked.
    }
  }
  const found = new Map<number, string>()
  const belongs = (pid: number): boolean => {
    for (let at = parents.get(pid); at !== undefined && at !== 0; at = parents.get(at)) {
      if (at === root) return true
    }
    return false
  }
  for (const pid of parents.keys()) {
    if (!belongs(pid)) continue
    try {
      found.set(pid, readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim())
    } catch {
      // It ended while we looked.
    }
  }
  return found
}
