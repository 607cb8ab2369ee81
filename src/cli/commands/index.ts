import type { CliCommand } from './define.ts'

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly CliCommand[] = []
