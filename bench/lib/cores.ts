import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Who runs where. */
export interface Cores {
  /** Put before a command, it keeps the process on the server's core. */
  server: readonly string[]
  /** The same for everything that is not under measurement. */
  generator: readonly string[]
  /** What a reader of the figures has to know. */
  text: string
}

/** One core for the server, another for its load, by `taskset` (util-linux) where that is here. */
export function assignCores(): Cores {
  const none = { server: [], generator: [] }
  if (availableParallelism() < 2) return { ...none, text: 'one core for server and generator alike' }
  try {
    execFileSync('taskset', ['-c', '0,1', 'true'], { stdio: 'ignore' })
  } catch {
    return { ...none, text: 'not pinned: taskset is not here' }
  }
  // We and what we start besides (Redis) are no server under measurement either.
  execFileSync('taskset', ['-a', '-c', '-p', '1', String(process.pid)], { stdio: 'ignore' })
  return {
    server: ['taskset', '-c', '0'],
    generator: ['taskset', '-c', '1'],
    text: 'server pinned to core 0, generator to core 1',
  }
}
