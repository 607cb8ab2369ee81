import type { Scenario } from './define.ts'
import { flapping } from './flapping.ts'
import { healthy } from './healthy.ts'
import { reconnectStorm } from './reconnect-storm.ts'
import { wrongPath } from './wrong-path.ts'

export const SCENARIOS: readonly Scenario[] = [healthy, wrongPath, flapping, reconnectStorm]
