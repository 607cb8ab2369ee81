import { bigFanout } from './big-fanout.ts'
import type { Scenario } from './define.ts'
import { flappingClient } from './flapping-client.ts'
import { flappingServer } from './flapping-server.ts'
import { halfOpen } from './half-open.ts'
import { harmlessBurst } from './harmless-burst.ts'
import { healthy } from './healthy.ts'
import { manyTasks } from './many-tasks.ts'
import { massDrop } from './mass-drop.ts'
import { oneLoop } from './one-loop.ts'
import { refusedMatrix } from './refused-matrix.ts'
import { resumeChurn } from './resume-churn.ts'
import { rollingDeploy } from './rolling-deploy.ts'
import { slowReader } from './slow-reader.ts'
import { soak } from './soak.ts'
import { terminalRace } from './terminal-race.ts'
import { wakeUp } from './wake-up.ts'
import { wrongPath } from './wrong-path.ts'

/** Controls first, then what clients do, what happens to them, and what is heavy. */
export const SCENARIOS: readonly Scenario[] = [
  healthy,
  harmlessBurst,
  wrongPath,
  oneLoop,
  flappingClient,
  refusedMatrix,
  flappingServer,
  massDrop,
  rollingDeploy,
  wakeUp,
  resumeChurn,
  terminalRace,
  slowReader,
  halfOpen,
  bigFanout,
  manyTasks,
  soak,
]
