import type { Io } from './io.ts'
import { run } from './run.ts'

/** A terminal that keeps what is written to it. For tests of what writes. */
export function keepingIo(change: Partial<Io> = {}) {
  const kept = { out: '', err: '' }
  const io: Io = {
    out: text => {
      kept.out += text
    },
    err: text => {
      kept.err += text
    },
    colour: false,
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
    ...change,
  }
  return { io, kept }
}

/** Runs one command line to its end, without a child process. */
export async function transcript(argv: readonly string[], change: Partial<Io> = {}) {
  const { io, kept } = keepingIo(change)
  const code = await run(argv, io)
  return { code, ...kept }
}
