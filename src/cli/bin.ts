#!/usr/bin/env node
import { processIo } from './io.ts'
import { run } from './run.ts'

/** How long a process may live after its command has ended. */
const LEFT_OVER_MS = 1_000

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort())
// A reader that went away (`petrel … | head`) is no error of ours: what was started is ended, and that is all.
let isUnread = false
let goesOn = false
process.stdout.on('error', error => {
  if (goesOn) return
  if ((error as NodeJS.ErrnoException).code !== 'EPIPE') process.exit(1)
  isUnread = true
  interrupt.abort()
})
// Progress and errors that nobody reads are no reason to end: the result may still be read.
process.stderr.on('error', () => {})

const goOnUnread = () => {
  goesOn = true
}
const code = await run(process.argv.slice(2), processIo(interrupt.signal, goOnUnread))
process.exitCode = isUnread ? 0 : code
// What still hangs on by now, as an export to a collector that does not answer, would keep the process for minutes.
setTimeout(() => process.exit(), LEFT_OVER_MS).unref()
