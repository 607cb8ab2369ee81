import { processIo } from '../src/cli/io.ts'
import { bench } from './bench.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort())

process.exitCode = await bench(process.argv.slice(2), processIo(interrupt.signal))
