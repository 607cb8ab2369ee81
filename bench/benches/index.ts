import type { Bench } from './define.ts'
import { bursts, fanOut } from './fan-out.ts'
import { handshakes } from './handshakes.ts'
import { idleMemory } from './idle-memory.ts'
import { latency } from './latency.ts'
import { replicas } from './replicas.ts'
import { returnStorm } from './return-storm.ts'
import { soak } from './soak.ts'
import { telemetryCost } from './telemetry-cost.ts'
import { wrongPathFlood } from './wrong-path-flood.ts'

/** Every bench, in the order of the table. */
export const BENCHES: readonly Bench[] = [
  handshakes,
  idleMemory,
  fanOut,
  bursts,
  telemetryCost,
  latency,
  returnStorm,
  wrongPathFlood,
  replicas,
  soak,
]
