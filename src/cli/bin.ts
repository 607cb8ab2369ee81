#!/usr/bin/env node
import { processIo } from './io.ts'
import { run } from './run.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort())
// A reader that went away (`petrel … | head`) is no error of ours.
process.stdout.on('error', error => process.exit((error as NodeJS.ErrnoException).code === 'EPIPE' ? 0 : 1))

process.exitCode = await run(process.argv.slice(2), processIo(interrupt.signal))
