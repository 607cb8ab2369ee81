import { Command } from 'commander'
import type { ExitCode } from '#core'
import type { Io } from '../io.ts'

/** One command of the CLI: data, its options, and a function. One file each, listed in `index.ts`. */
export interface CliCommand<Options extends object = object> {
  name: string
  summary: string
  /** Shown under `--help`. */
  example: string
  /** Adds arguments and options. */
  define(command: Command): void
  /** Does the work. A `PetrelError` thrown here becomes a message and its exit code. */
  run(options: Options, args: readonly string[], io: Io): Promise<ExitCode>
}

/** Keeps the option type inside the command, so that commands can stand in one list. */
export function defineCommand<Options extends object>(command: CliCommand<Options>): CliCommand {
  return command as unknown as CliCommand
}

/** The command as commander knows it, with its example under its help. */
export function toCommander(command: CliCommand): Command {
  const commander = new Command(command.name)
    .description(command.summary)
    .addHelpText('after', `\nExample:\n  ${command.example}\n`)
  command.define(commander)
  return commander
}
