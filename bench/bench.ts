import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { EXIT, type ExitCode, errorText, PetrelError, withScope } from '#core'
import { temporaryFolder } from '#stack'
import type { Io } from '../src/cli/io.ts'
import { wholeNumber } from '../src/cli/options.ts'
import { progressReport } from '../src/cli/progress.ts'
import { PROJECT } from '../src/cli/project.ts'
import { BENCHES } from './benches/index.ts'
import { assignCores } from './lib/cores.ts'
import { inLab } from './lib/lab.ts'
import { describeMachine } from './lib/machine.ts'
import { performancePage } from './lib/page.ts'
import { installPeers } from './lib/peers.ts'
import { type BenchRecord, held } from './lib/result.ts'
import { terminalTable } from './lib/terminal.ts'

interface BenchOptions {
  only: string[]
  quick: boolean
  peers: boolean
  rounds: number
  soakMinutes: number
  profile: boolean
  write: boolean
}

/** Runs one command line of the bench, and returns its exit code. Never throws. */
export async function bench(argv: readonly string[], io: Io): Promise<ExitCode> {
  const command = new Command('bench')
    .description('Measures the reference server against bare ws doing the same work in the same run.')
    .option(
      '--only <name>',
      `one bench (repeatable): ${BENCHES.map(({ name }) => name).join(', ')}`,
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .option('--quick', 'tiny numbers: shows that everything works, says nothing of speed', false)
    .option('--peers', 'also Socket.IO and Bun, installed into .petrel/bench for this', false)
    .option('--rounds <number>', 'measured rounds', wholeNumber('--rounds', 1, 100), 5)
    .option(
      '--soak-minutes <minutes>',
      'length of the soak, 0 leaves it out',
      wholeNumber('--soak-minutes', 0, 1_440),
      30,
    )
    .option('--profile', 'CPU profiles of the servers, into out/bench/profiles', false)
    .option('--write', 'write the table into docs/explanation/performance.md', false)
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .exitOverride()
  try {
    command.parse([...argv], { from: 'user' })
    return await measure(command.opts<BenchOptions>(), io)
  } catch (error) {
    if (io.signal.aborted) return EXIT.interrupted
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.usage
    io.err(
      `bench: ${error instanceof Error && !(error instanceof PetrelError) ? error.stack : errorText(error)}\n`,
    )
    return EXIT.environment
  }
}

async function measure(options: BenchOptions, io: Io): Promise<ExitCode> {
  const unknown = options.only.find(name => !BENCHES.some(one => one.name === name))
  if (unknown) {
    throw new PetrelError('bad_option', `--only "${unknown}" is no bench`, {
      hint: BENCHES.map(({ name }) => name).join(', '),
    })
  }
  if (options.write && options.quick) {
    throw new PetrelError('bad_option', '--quick measures nothing that could be written', {
      hint: 'leave --quick or --write away',
    })
  }
  const report = progressReport(io)
  const out = join(PROJECT, 'out', 'bench', ...(options.quick ? ['quick'] : []))
  mkdirSync(out, { recursive: true })
  const cores = assignCores()
  const source = { machine: describeMachine(), cores: cores.text, rounds: options.quick ? 1 : options.rounds }
  const peerFolder = join(PROJECT, '.petrel', 'bench')
  report(`${source.machine}; ${cores.text}`)
  const peers = options.peers ? await installPeers(peerFolder, report, io.signal) : []

  let missed = 0
  for (const { name, title, measure: run } of BENCHES) {
    if (options.only.length > 0 ? !options.only.includes(name) : name === 'soak' && options.soakMinutes === 0)
      continue
    report(name)
    const measured = await withScope(async scope => {
      const folder = scope.use(await temporaryFolder('bench')).path
      const profiles = options.profile ? join(out, 'profiles', name) : undefined
      const { rounds } = source
      const { quick, soakMinutes } = options
      const { signal } = io
      return inLab(
        { rounds, quick, peers, report, signal, folder, soakMinutes, cores, profiles, peerFolder },
        run,
      )
    })
    const record: BenchRecord = { name, title, ...measured, date: new Date().toISOString(), ...source }
    writeFileSync(join(out, `${name}.json`), `${JSON.stringify(record, undefined, 2)}\n`)
    io.out(terminalTable(record))
    missed += record.claims.filter(claim => !held(claim)).length
  }
  if (options.write) writePage(out)
  return missed > 0 && !options.quick ? EXIT.didNotHold : EXIT.held
}

/** The page's table is made from every result that is there, each with its date. */
function writePage(out: string): void {
  const records = BENCHES.map(({ name }) => join(out, `${name}.json`))
    .filter(file => existsSync(file))
    .map(file => JSON.parse(readFileSync(file, 'utf8')) as BenchRecord)
  const page = join(PROJECT, 'docs', 'explanation', 'performance.md')
  writeFileSync(page, performancePage(readFileSync(page, 'utf8'), records))
}
