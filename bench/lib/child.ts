import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

/** What a child can be asked: each method takes at most one argument, a plain object. */
export type Api = { [method: string]: (argument: never) => unknown }

/** A process that is asked over IPC; it ends when we do, also by our SIGKILL: its channel closes then. */
export interface Child<A> extends AsyncDisposable {
  pid: number
  call<M extends keyof A & string>(
    method: M,
    ...argument: A[M] extends (...args: infer P) => unknown ? P : never
  ): Promise<A[M] extends (...args: never) => infer R ? Awaited<R> : never>
  /** What the child tells by itself goes to this listener, and to no earlier one. */
  onEvent(listener: (event: unknown) => void): void
  /** As a power cut: no signal handler, no close frame. */
  kill(): Promise<void>
}

export interface ChildOptions {
  /** Program and its arguments. */
  command: readonly string[]
  env?: Readonly<Record<string, string>>
  /** Where its stdout goes; default is nowhere. */
  logFile?: string
}

/** What parent and child send each other. */
type Message =
  | { id: number; method: string; argument: unknown }
  | { id: number; result?: unknown; error?: string }
  | { event: unknown }

/** A child that was asked to end has so long, in milliseconds. */
const END_MS = 5_000

export function startChild<A>({ command, env, logFile }: ChildOptions): Child<A> {
  const [program = '', ...args] = command
  const log = logFile === undefined ? undefined : openSync(logFile, 'a')
  const child: ChildProcess = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', log ?? 'ignore', 'inherit', 'ipc'],
    // A terminal's Ctrl-C is ours alone: we end them.
    detached: true,
  })
  if (log !== undefined) closeSync(log)
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  let listener: (event: unknown) => void = () => {}
  let next = 1
  let failure: Error | undefined
  const exited = new Promise<void>(resolve => {
    const gone = (why: string) => {
      failure ??= new Error(`${command.join(' ')} ${why}`)
      for (const { reject } of waiting.values()) reject(failure)
      waiting.clear()
      resolve()
    }
    child.once('error', error => gone(`cannot be started: ${error.message}`))
    child.once('exit', (code, signal) => gone(`ended with ${signal ?? `code ${code}`}`))
  })
  child.on('message', (message: Message) => {
    if ('event' in message) listener(message.event)
    else if (!('method' in message)) {
      const call = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.error === undefined) call?.resolve(message.result as never)
      else call?.reject(new Error(message.error))
    }
  })
  return {
    pid: child.pid ?? 0,
    call: (method, ...argument) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure)
        const id = next++
        waiting.set(id, { resolve, reject })
        child.send({ id, method, argument: argument[0] }, error => error && reject(error))
      }),
    onEvent(callback) {
      listener = callback
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async [Symbol.asyncDispose]() {
      // A closed channel is the request to end: then profiles are still written.
      if (child.connected) child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
      await exited
      clearTimeout(timer)
    },
  }
}

/** The child's side: answers calls until the parent is gone. */
export function serveParent(api: Readonly<Record<string, (argument: never) => unknown>>): void {
  process.on('message', async ({ id, method, argument }: { id: number; method: string; argument: never }) => {
    try {
      process.send?.({ id, result: await api[method]?.(argument) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', () => process.exit(0))
}

/** Tells the parent something that it did not ask for. */
export const tellParent = (event: unknown): void => void process.send?.({ event })
