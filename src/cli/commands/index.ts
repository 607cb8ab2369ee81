import type { CliCommand } from './define.ts'
import { serve } from './serve.ts'

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly CliCommand[] = [serve]
