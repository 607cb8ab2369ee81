import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { PetrelError } from '#core'

export interface ProcessOptions {
  /** Names the process in messages. */
  name: string
  command: string
  args: readonly string[]
  /** Added to this process's own environment; `undefined` takes a variable away. */
  env?: Readonly<Record<string, string | undefined>>
  cwd?: string
  /** Everything that it prints goes here too. */
  logFile?: string
  /** Ends the process as `stop` does. */
  signal?: AbortSignal
  /** Time between SIGTERM and SIGKILL, in milliseconds. */
  graceMs?: number
  /** Called with each line of stdout and stderr. */
  onLine?: (line: string) => void
}

/** How a process ended: one of both is set. */
export interface ProcessExit {
  code: number | undefined
  signal: string | undefined
}

/** A child that ends with us. */
export interface OwnedProcess extends AsyncDisposable {
  name: string
  pid: number
  /** Resolves when the process has ended, never rejects. */
  exited: Promise<ProcessExit>
  /** Asks it to end, and forces it after the grace time. May be called again. */
  stop(): Promise<void>
  /** Its last lines, for messages. */
  tail(): readonly string[]
}

const GRACE_MS = 5_000
/** What a process printed last may still be on its way when it has ended; who keeps its pipe open is not waited for. */
const DRAIN_MS = 1_000
const TAIL_LINES = 20

/**
 * Every child that lives, by id. A process group of its own keeps a terminal's Ctrl-C away from it, so that we
 * end children in order; what is left when this process ends is killed there.
 */
const living = new Set<number>()

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (!living.has(pid)) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended already.
  }
}

const killAll = () => {
  for (const pid of living) signalGroup(pid, 'SIGKILL')
}

let watching = false
function watchOurEnd(): void {
  if (watching) return
  watching = true
  process.on('exit', killAll)
  // A signal that nobody handles ends Node without 'exit': kill first, then let it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, function last() {
      if (process.listenerCount(signal) > 1) return
      killAll()
      process.off(signal, last)
      process.kill(process.pid, signal)
    })
  }
}

/**
 * Starts a child in a process group of its own. It ends with us in every way but our own SIGKILL.
 * @throws PetrelError `process_start_failed` when the program cannot be started.
 */
export async function startProcess(options: ProcessOptions): Promise<OwnedProcess> {
  const { name, graceMs = GRACE_MS } = options
  options.signal?.throwIfAborted()
  watchOurEnd()
  const child = execa(options.command, options.args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? {},
    all: true,
    buffer: false,
    cleanup: false,
    detached: true,
    reject: false,
    stdin: 'ignore',
  })
  const { pid } = child
  if (pid === undefined) {
    const { cause, message } = await child
    throw new PetrelError('process_start_failed', `${name} could not be started: ${options.command}`, {
      hint: 'does the file exist, and may it be executed?',
      cause: cause ?? message,
    })
  }
  living.add(pid)

  const tail: string[] = []
  const log = options.logFile === undefined ? undefined : createWriteStream(options.logFile)
  log?.on('error', () => {})
  const lines = createInterface({ input: child.all })
  lines.on('line', line => {
    tail.push(line)
    if (tail.length > TAIL_LINES) tail.shift()
    log?.write(`${line}\n`)
    options.onLine?.(line)
  })
  const drained = new Promise<void>(resolve => lines.once('close', resolve))

  const ended = new Promise<ProcessExit>(resolve => {
    child.nodeChildProcess.once('exit', (code, signal) => {
      resolve({ code: code ?? undefined, signal: signal ?? undefined })
    })
  })
  const exited = ended.then(async exit => {
    // What it started and left behind goes with it.
    signalGroup(pid, 'SIGKILL')
    living.delete(pid)
    const late = setTimeout(() => {
      lines.close()
      child.nodeChildProcess.stdout?.destroy()
      child.nodeChildProcess.stderr?.destroy()
    }, DRAIN_MS)
    await drained
    clearTimeout(late)
    await new Promise<void>(resolve => (log ? log.end(() => resolve()) : resolve()))
    options.signal?.removeEventListener('abort', onAbort)
    return exit
  })
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= (async () => {
      signalGroup(pid, 'SIGTERM')
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs)
      await exited
      clearTimeout(timer)
    })()
    return stopping
  }
  const onAbort = () => void stop()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  return { name, pid, exited, stop, tail: () => tail, [Symbol.asyncDispose]: stop }
}
