import type { Fault } from '#catalog'
import type { Clock, Random, Soon } from '#core'
import type { Meter, MeteredSession } from '#instrument'
import type { Deliver, Fanout } from '../stream/fanout.ts'
import type { startHeartbeat } from '../stream/heartbeat.ts'
import type { Follow } from '../stream/stream-session.ts'

/** Where a fault can take hold of the server, each with what runs there while it is healthy. */
export interface Places {
  /** Whether a route template is a stream now. */
  serves: (template: string) => boolean
  /** How a handshake is refused. */
  refusals: Pick<Meter, 'refuse' | 'refuseReadably'>
  /** What an accepted client is sent, from the greeting on. */
  follow: Follow
  /** Pings, and what a missing pong means. */
  heartbeat: typeof startHeartbeat
  /** Waited for before each read of a history. */
  historyDelay: () => Soon<void>
  /** How a session subscribes to its task, and unsubscribes. */
  join: Fanout['join']
  /** What follows a terminal event. */
  finish: (session: MeteredSession) => void
  /** How one receiver of a broadcast is served; what it returns is waited for before the next. */
  deliver: Deliver
}

/** What a fault puts around the healthy part, while it is on. */
export type FaultEffect = { [P in keyof Places]?: (healthy: Places[P]) => Places[P] } & {
  /** Called when the switch goes off. */
  [Symbol.dispose]?: () => void
}

export interface FaultTools {
  clock: Clock
  random: Random
}

/** A fault of the catalogue with what it does here. */
export interface ServerFault {
  fault: Fault<never>
  switchOn(variant: string, tools: FaultTools): FaultEffect
}

/** Ties a fault of the catalogue to its effect, which must know each of its variants. */
export function serverFault<Variant extends string>(
  fault: Fault<Variant>,
  switchOn: (variant: Variant, tools: FaultTools) => FaultEffect,
): ServerFault {
  return { fault, switchOn: (variant, tools) => switchOn(variant as Variant, tools) }
}
