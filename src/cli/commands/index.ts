import { baseline } from './baseline.ts'
import { check } from './check.ts'
import { config } from './config.ts'
import type { CliCommand } from './define.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { gate } from './gate.ts'
import { generate } from './generate.ts'
import { init } from './init.ts'
import { load } from './load.ts'
import { prove } from './prove.ts'
import { serve } from './serve.ts'
import { test } from './test.ts'
import { up } from './up.ts'

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly CliCommand[] = [
  demo,
  up,
  serve,
  config,
  check,
  load,
  gate,
  baseline,
  init,
  prove,
  generate,
  doctor,
  test,
]
