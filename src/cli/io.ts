import { createInterface } from 'node:readline'

/** The world as a command sees it; passed in, so that the CLI is tested without a child process. */
export interface Io {
  /** Results. Also what a pipe reads. */
  out(text: string): void
  /** Progress and errors. */
  err(text: string): void
  /** True when people look on: colour and pictures are welcome, `NO_COLOR` was not set. */
  colour: boolean
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  /** Calls with each line that a person types, until disposed; absent where nobody types. */
  typed?: (onLine: (line: string) => void) => Disposable
  /** Called by a command that goes on when nobody reads its output any more: a server whose log collector ended. */
  goOnUnread?: () => void
  /** Aborts on Ctrl-C and SIGTERM. A command then ends what it started and returns 130. */
  signal: AbortSignal
}

/** Lines of the terminal. */
function typed(onLine: (line: string) => void): Disposable {
  const lines = createInterface({ input: process.stdin })
  lines.on('line', onLine)
  return {
    [Symbol.dispose]() {
      lines.close()
      process.stdin.unref?.()
    },
  }
}

/** The process's own `Io`. */
export function processIo(signal: AbortSignal, goOnUnread = () => {}): Io {
  return {
    out: text => void process.stdout.write(text),
    err: text => void process.stderr.write(text),
    colour: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
    env: process.env,
    cwd: process.cwd(),
    ...(process.stdin.isTTY ? { typed } : {}),
    goOnUnread,
    signal,
  }
}
