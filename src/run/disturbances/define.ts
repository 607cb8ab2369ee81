import type { Clock } from '#core'
import type { Deployment } from '../deployment.ts'
import type { OwnRedis } from '../redis.ts'

/** What a disturbance may lay hands on. */
export interface Place {
  deployment: Deployment
  redis: OwnRedis | undefined
  /** When the fault is to begin and to end, in milliseconds since the Unix epoch. */
  fault: { from: number; to: number }
  clock: Pick<Clock, 'wall' | 'after'>
  signal: AbortSignal
}

/** Something that is done to servers while a crowd is there, prepared. */
export interface PreparedDisturbance extends AsyncDisposable {
  /** Where the crowd dials, when not at the servers themselves. */
  targets?: readonly string[]
  /** It begins so long before the fault does, in milliseconds: what it takes to get under way. */
  aheadMs?: number
  /** Called when the fault begins; a promise is of work that has to be done before the fault is over. */
  begin(): unknown
  /** Called when it is over: puts everything back. */
  end?(): unknown
  /** When it really was, where it does not last from its begin to its end; milliseconds since the Unix epoch. */
  span?(): { from: number; to: number } | undefined
}

export const nothingToRelease = { [Symbol.asyncDispose]: async () => {} }

/** Does something at once and then again and again, until the fault is over or somebody interrupts. */
export async function again(everyMs: number, place: Place, run: () => unknown): Promise<void> {
  const { clock, fault, signal } = place
  while (!signal.aborted && clock.wall() + everyMs <= fault.to) {
    await run()
    await pause(everyMs, place)
  }
}

/** Waits; an interrupt ends it at once. */
export const pause = (ms: number, { clock, signal }: Pick<Place, 'clock' | 'signal'>) =>
  new Promise<void>(over => {
    const done = () => {
      timer[Symbol.dispose]()
      signal.removeEventListener('abort', done)
      over()
    }
    const timer = clock.after(ms, done)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })

/** The Redis that the drill was given. @throws TypeError when its set-up has none. */
export function redisOf({ redis }: Place) {
  if (!redis) throw new TypeError('the servers have no Redis')
  return redis
}

/** A server of which nothing is seen for longer is missed, rightly: such a machine shows nothing of a deployment. */
const SLOW_START_MS = 4_000

/** Puts another server in place of one that has ended. @throws Error when this machine took too long for it. */
export async function replaceSoon({ deployment, clock }: Place, index: number): Promise<void> {
  const from = clock.wall()
  await deployment.replace(index)
  const took = clock.wall() - from
  if (took > SLOW_START_MS) throw new Error(`a server took ${(took / 1_000).toFixed(1)} s to come up`)
}
