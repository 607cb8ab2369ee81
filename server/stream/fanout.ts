import { type Clock, errorText, type Soon } from '#core'
import { type Instruments, METRICS, mergeFrames } from '#instrument'
import type { Faults } from '../faults/index.ts'
import type { PublishedEvent, TaskStore } from '../store/store.ts'
import type { FanoutTrace, FanoutTracer } from '../telemetry/fanout-spans.ts'
import { framesOf } from './frame-of.ts'

/** One session that follows a task. */
export interface Member {
  /** Events of one turn of the loop, and their frames in one piece. */
  deliver(published: readonly PublishedEvent[], merged: Buffer): void
  /** The store has lost the task. */
  lost(): void
  /** True while its client does not keep up. */
  isSlow(): boolean
}

/** Serves one member of a round. */
export type Deliver = (
  member: Member,
  published: readonly PublishedEvent[],
  merged: Buffer,
) => void | Promise<void>

export interface Fanout {
  /** Live events of the task go to the member from now on. Disposing stops that at once. */
  join(taskId: string, member: Member): Soon<Disposable>
  /** Members of all tasks. */
  size(): number
}

/** A class, since ten thousand connections have one each. */
class Membership implements Disposable {
  readonly #hub: { leave(member: Member): void }
  readonly #member: Member

  constructor(hub: { leave(member: Member): void }, member: Member) {
    this.#hub = hub
    this.#member = member
  }

  [Symbol.dispose](): void {
    this.#hub.leave(this.#member)
  }
}

/** Receivers that are written to before the loop gets a turn: one pass over thousands would block it. */
const ROUND = 512

/**
 * Hands live events to all sessions of this process: one subscription, one frame and one write round for each
 * task, however many receivers it has. A member that throws costs nobody else anything.
 */
export function fanout(
  store: TaskStore,
  instruments: Instruments,
  clock: Pick<Clock, 'wall'>,
  onError: (error: unknown, taskId: string) => void,
  faults: Pick<Faults, 'at'>,
  tracer?: FanoutTracer,
): Fanout {
  const hubs = new Map<string, Hub>()

  class Hub {
    readonly members = new Set<Member>()
    subscription: Soon<Disposable>
    #pending: PublishedEvent[] = []
    #busy = false
    readonly #taskId: string

    constructor(taskId: string) {
      this.#taskId = taskId
      this.subscription = store.subscribe(
        taskId,
        published => {
          this.#pending.push(published)
          if (this.#busy) return
          this.#busy = true
          setImmediate(() => void this.#flush())
        },
        () => {
          for (const member of this.members) member.lost()
        },
      )
      if (!(this.subscription instanceof Promise)) return
      this.subscription.then(
        subscription => {
          this.subscription = subscription
        },
        () => {},
      )
    }

    /** After it nothing more is delivered; the last to leave ends the subscription. */
    leave(member: Member): void {
      if (!this.members.delete(member) || this.members.size > 0) return
      this.forget()
      const { subscription } = this
      if (!(subscription instanceof Promise)) return void subscription[Symbol.dispose]()
      subscription.then(
        made => made[Symbol.dispose](),
        error => onError(new Error(`no subscription was made: ${errorText(error)}`), this.#taskId),
      )
    }

    forget(): void {
      if (hubs.get(this.#taskId) === this) hubs.delete(this.#taskId)
    }

    /** Rounds never overtake each other: what comes meanwhile waits for the next. */
    async #flush(): Promise<void> {
      while (this.#pending.length > 0) {
        const published = this.#pending
        this.#pending = []
        try {
          await this.#round(published)
        } catch (error) {
          onError(error, this.#taskId)
        }
      }
      this.#busy = false
    }

    async #round(published: readonly PublishedEvent[]): Promise<void> {
      const merged = mergeFrames(framesOf(published))
      const trace = tracer?.(published)
      const deliver = faults.at('deliver', this.#deliver)
      let written = 0
      for (const member of this.members) {
        const held = deliver(member, published, merged)
        if (held) await held
        written += 1
        if (written % ROUND === 0) {
          this.#observe(published, trace)
          await new Promise(resolve => setImmediate(resolve))
        }
      }
      if (written % ROUND !== 0) this.#observe(published, trace)
      trace?.end(written)
    }

    readonly #deliver: Deliver = (member, published, merged) => {
      try {
        member.deliver(published, merged)
      } catch (error) {
        onError(error, this.#taskId)
      }
    }

    #observe(published: readonly PublishedEvent[], trace: FanoutTrace | undefined): void {
      const now = clock.wall()
      for (const [index, { at }] of published.entries()) {
        const seconds = Math.max(0, now - at) / 1_000
        instruments.observe(METRICS.wsDeliveryLagSeconds, {}, seconds, trace?.exemplars[index])
      }
    }
  }

  function join(taskId: string, member: Member): Soon<Disposable> {
    let hub = hubs.get(taskId)
    if (!hub) {
      hub = new Hub(taskId)
      hubs.set(taskId, hub)
    }
    hub.members.add(member)
    const membership = new Membership(hub, member)
    if (!(hub.subscription instanceof Promise)) return membership
    const joined = hub
    return hub.subscription.then(
      () => membership,
      error => {
        joined.members.delete(member)
        joined.forget()
        throw error
      },
    )
  }

  return {
    join: (taskId, member) => faults.at('join', join)(taskId, member),
    size: () => [...hubs.values()].reduce((members, hub) => members + hub.members.size, 0),
  }
}
