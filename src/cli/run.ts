import { Command, CommanderError } from 'commander'
import { ERROR_CODES } from '#catalog'
import { EXIT, type ExitCode, errorText, escapeLine, PetrelError } from '#core'
import { toCommander } from './commands/define.ts'
import { COMMANDS } from './commands/index.ts'
import type { Io } from './io.ts'

/** Runs one command line, without the program's name, and returns its exit code. Never throws. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.held
  const program = new Command('petrel')
    .description('Reliability harness for realtime task streams: watch, gate and replay.')
    .addHelpText(
      'after',
      '\nStart with:\n  ./petrel demo     the founding incident, reproduced and proven fixed\n',
    )
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .exitOverride()
    .showHelpAfterError('(run it with --help to see an example)')
  for (const command of COMMANDS) {
    const sub = toCommander(command)
      .exitOverride()
      .configureOutput({ writeOut: io.out, writeErr: io.err })
      .showHelpAfterError('(run it with --help to see an example)')
      .action(async (...parts: unknown[]) => {
        const instance = parts.at(-1) as Command
        code = await command.run(instance.opts(), instance.args, io)
      })
    program.addCommand(sub)
  }
  try {
    if (argv.length === 0) {
      program.outputHelp()
      return EXIT.usage
    }
    await program.parseAsync([...argv], { from: 'user' })
    return io.signal.aborted && code !== EXIT.held ? interrupted(io) : code
  } catch (error) {
    if (io.signal.aborted) return interrupted(io)
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.usage
    return describeError(error, io)
  }
}

function interrupted(io: Io): ExitCode {
  io.err('petrel: interrupted; everything that it started has ended\n')
  return EXIT.interrupted
}

/**
 * One clear message with a hint; unknown errors show where they came from, since they are defects of ours, and prove
 * nothing about anybody's server.
 */
function describeError(error: unknown, io: Io): ExitCode {
  if (!(error instanceof PetrelError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : errorText(error)
    for (const line of `petrel: unexpected ${text}`.split('\n')) io.err(`${escapeLine(line)}\n`)
    return EXIT.notProven
  }
  io.err(`petrel: ${escapeLine(error.message)} (${error.code})\n`)
  const { cause } = error
  if (cause instanceof AggregateError) {
    for (const one of cause.errors) io.err(`  ${escapeLine(errorText(one))}\n`)
  }
  if (error.hint) io.err(`  hint: ${error.hint}\n`)
  if (cause !== undefined && !(cause instanceof AggregateError))
    io.err(`  cause: ${escapeLine(errorText(cause))}\n`)
  return ERROR_CODES[error.code]?.exit ?? EXIT.notProven
}
