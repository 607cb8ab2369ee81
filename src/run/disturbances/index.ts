import type { Disturbance } from '#catalog'
import { errorText } from '#core'
import type { Place, PreparedDisturbance } from './define.ts'
import { drainWithSilentPeers } from './drain-with-silent-peers.ts'
import { dropSubscribers } from './drop-subscribers.ts'
import { killServer } from './kill-server.ts'
import { cutStreams, turnAway } from './proxies.ts'
import { replaceServers } from './replace-servers.ts'
import { stallRedis } from './stall-redis.ts'
import { starveReaders } from './starve-readers.ts'
import { stopRedis } from './stop-redis.ts'
import { switchFault } from './switch-fault.ts'

export type { Place } from './define.ts'

/** A disturbance that runs by the clock. */
export interface RunningDisturbance extends AsyncDisposable {
  /** Where the crowd dials. */
  targets: readonly string[]
  /** Waits until everything is put back; when it really was, and what went wrong: then it proves nothing. */
  finish(): Promise<{ span: { from: number; to: number } | undefined; problems: string[] }>
}

/**
 * It begins this long after the fault phase of the crowd: each of its clients has dialled by then, and a crowd that
 * did not would be none.
 */
export const DISTURBANCE_AFTER_MS = 2_000

/** Prepares a disturbance and does it in its time. */
export async function startDisturbance(disturbance: Disturbance, place: Place): Promise<RunningDisturbance> {
  const { clock, fault, deployment } = place
  const prepared = await prepare(disturbance, place)
  const problems: string[] = []
  let began: number | undefined
  let ended: number | undefined
  let work: Promise<unknown> = Promise.resolve()
  const step = (what: string, run: () => unknown) => {
    work = work.then(run).catch(error => {
      if (!place.signal.aborted)
        problems.push(`${disturbance.kind}: it could not ${what}: ${errorText(error)}`)
    })
  }
  const begin = () => {
    began = clock.wall()
    step('begin', () => prepared.begin())
  }
  const end = () => {
    if (ended !== undefined || began === undefined) return
    ended = clock.wall()
    step('end', () => prepared.end?.())
  }
  const wait = (at: number) => Math.max(0, at - clock.wall())
  const beginsAt = fault.from + DISTURBANCE_AFTER_MS - (prepared.aheadMs ?? 0)
  const timers = [clock.after(wait(beginsAt), begin), clock.after(wait(fault.to), end)]
  return {
    targets: prepared.targets ?? deployment.urls,
    async finish() {
      end()
      await work
      if (began === undefined) problems.push(`${disturbance.kind}: it was never due`)
      const plain = began === undefined || ended === undefined ? undefined : { from: began, to: ended }
      return { span: prepared.span ? prepared.span() : plain, problems }
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) timer[Symbol.dispose]()
      end()
      await work
      await prepared[Symbol.asyncDispose]()
    },
  }
}

function prepare(disturbance: Disturbance, place: Place): PreparedDisturbance | Promise<PreparedDisturbance> {
  switch (disturbance.kind) {
    case 'kill-server':
      return killServer(place)
    case 'stop-redis':
      return stopRedis(place)
    case 'stall-redis':
      return stallRedis(place, disturbance)
    case 'drop-subscribers':
      return dropSubscribers(place, disturbance.everyMs)
    case 'cut-streams':
      return cutStreams(place, disturbance.everyMs)
    case 'turn-away':
      return turnAway(place)
    case 'switch-fault':
      return switchFault(place, disturbance.fault, disturbance.variant)
    case 'drain-with-silent-peers':
      return drainWithSilentPeers(place, disturbance.peers)
    case 'starve-readers':
      return starveReaders(place, disturbance.readers)
    case 'replace-servers':
      return replaceServers(place)
  }
}
