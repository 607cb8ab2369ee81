import { bigFanout } from './big-fanout.ts'
import { blockedEventLoop } from './blocked-event-loop.ts'
import type { Drill } from './define.ts'
import { deploymentDoneRight } from './deployment-done-right.ts'
import { drainStuck } from './drain-stuck.ts'
import { flappingClient } from './flapping-client.ts'
import { flappingServer } from './flapping-server.ts'
import { halfOpen } from './half-open.ts'
import { harmlessBurst } from './harmless-burst.ts'
import { healthy } from './healthy.ts'
import { incident } from './incident.ts'
import { lateSubscription } from './late-subscription.ts'
import { loopHeld } from './loop-held.ts'
import { manyTasks } from './many-tasks.ts'
import { massDrop } from './mass-drop.ts'
import { nearTheLimit } from './near-the-limit.ts'
import { neverCloses } from './never-closes.ts'
import { oneLoop } from './one-loop.ts'
import { oneOfTwoKilled } from './one-of-two-killed.ts'
import { readersStarved } from './readers-starved.ts'
import { redisStalls } from './redis-stalls.ts'
import { redisStopped } from './redis-stopped.ts'
import { refusedMatrix } from './refused-matrix.ts'
import { resumeChurn } from './resume-churn.ts'
import { serverKilled } from './server-killed.ts'
import { slowReader } from './slow-reader.ts'
import { soak } from './soak.ts'
import { streamsCut } from './streams-cut.ts'
import { subscribersDropped } from './subscribers-dropped.ts'
import { terminalRace } from './terminal-race.ts'
import { turnedAway } from './turned-away.ts'
import { wakeUp } from './wake-up.ts'
import { wrongPath } from './wrong-path.ts'

/** Controls first: nothing may fire in them. Then what clients do, what happens to them, and to the servers. */
export const DRILLS: readonly Drill[] = [
  healthy,
  harmlessBurst,
  deploymentDoneRight,
  wakeUp,
  bigFanout,
  manyTasks,
  soak,
  slowReader,
  terminalRace,
  wrongPath,
  oneLoop,
  loopHeld,
  flappingClient,
  incident,
  flappingServer,
  resumeChurn,
  massDrop,
  refusedMatrix,
  streamsCut,
  serverKilled,
  oneOfTwoKilled,
  turnedAway,
  redisStopped,
  redisStalls,
  subscribersDropped,
  lateSubscription,
  neverCloses,
  nearTheLimit,
  blockedEventLoop,
  drainStuck,
  halfOpen,
  readersStarved,
]

/** Drills in which an alert must fire, at whatever severity. */
export const drillsThatFire = (alert: string): readonly Drill[] =>
  DRILLS.filter(({ fires }) => fires.some(firing => firing.alert === alert))

/** Drills that play a scenario, the scenario alone first. */
export const drillsOf = (scenario: string): readonly Drill[] =>
  DRILLS.filter(drill => drill.scenario === scenario).toSorted(
    (a, b) => Number(a.when !== undefined) - Number(b.when !== undefined),
  )

/** @throws TypeError when there is none of that name. */
export function drillNamed(name: string): Drill {
  const drill = DRILLS.find(one => one.name === name)
  if (!drill) throw new TypeError(`the catalogue has no drill ${name}`)
  return drill
}
