import { type Clock, PetrelError } from '#core'
import { isTerminal } from '#protocol'
import type { CreateTaskRequest } from '#protocol/decode'
import { statusAfter } from '../advance.ts'
import { badCursor, idempotencyConflict, notWaiting, taskEnded, taskUnknown } from '../errors.ts'
import { fingerprintOf, newSnapshot, scopeOf } from '../new-task.ts'
import {
  type PublishedEvent,
  STORE_LIMITS,
  type StoreEvents,
  type StoreLimits,
  type TaskSnapshot,
  type TaskStore,
} from '../store.ts'
import { connect } from './connection.ts'
import { Feed, RETRY_MS } from './feed.ts'
import {
  channelOf,
  hashOf,
  INDEX,
  idOf,
  isMember,
  LEASES,
  madeAt,
  memberOf,
  PREFIX,
  parseEntry,
  parseLive,
  published,
  snapshotOf,
  streamOf,
  taskOfChannel,
} from './layout.ts'

/** An idempotency key is remembered for a day. */
const IDEMPOTENCY_MS = 86_400_000
/** New work is its creator's for so long before anybody may take it, in milliseconds. */
const FIRST_LEASE_MS = 5_000
/** Entries of the list that are looked at for tasks that are gone, at each claim. */
const SWEEP = 20

export interface RedisStoreOptions {
  url: string
  clock: Pick<Clock, 'wall' | 'after'>
  events: StoreEvents
  limits?: StoreLimits
}

/**
 * Tasks in a Redis that any number of replicas share: a hash and a stream for each task, live events by publish
 * and subscribe, healed from the stream. Redis must persist (`appendfsync always`) for nothing to be lost with it.
 */
export async function redisStore({
  url,
  clock,
  events,
  limits = STORE_LIMITS,
}: RedisStoreOptions): Promise<TaskStore> {
  const feeds = new Map<string, Feed>()
  const connection = await connect(url, {
    onUp: events.onUp,
    onSubscriberReady: () => void resubscribe(),
  })
  const { run, subscriber } = connection
  subscriber.on('message', (channel: string, message: string) => {
    const live = parseLive(message)
    if (live) feeds.get(taskOfChannel(channel))?.live(live)
  })

  async function resubscribe(): Promise<void> {
    const ids = [...feeds.keys()]
    if (ids.length === 0) return
    for (const feed of feeds.values()) feed.unsubscribed()
    try {
      await subscriber.subscribe(...ids.map(channelOf))
    } catch {
      // A connection that is lost again begins anew by itself; one that hangs does not.
      if (subscriber.status === 'ready') clock.after(RETRY_MS, () => void resubscribe())
      return
    }
    for (const id of ids) feeds.get(id)?.resubscribed()
  }

  async function read(taskId: string): Promise<TaskSnapshot | undefined> {
    const task = await run(redis => redis.hgetall(hashOf(taskId)))
    return task.base === undefined ? undefined : snapshotOf(task)
  }

  /** Nothing while Redis does not answer: it may hang and keep its subscriptions. */
  const followed = (taskId: string) => (connection.isUp() ? feeds.get(taskId)?.task : undefined)

  async function history(taskId: string, afterSeq: number): Promise<PublishedEvent[]> {
    const entries = await run(redis => redis.xrange(streamOf(taskId), `${afterSeq + 1}-0`, '+'))
    return entries.map(([, fields]) => parseEntry(fields))
  }

  /** What a feed has missed; undefined when the task is gone, or has fewer events than it had. */
  async function missed(taskId: string, afterSeq: number): Promise<PublishedEvent[] | undefined> {
    const seq = await run(redis => redis.hget(hashOf(taskId), 'seq'))
    if (seq === null || Number(seq) < afterSeq) return undefined
    return history(taskId, afterSeq)
  }

  return {
    async create(task) {
      let snapshot = newSnapshot(task, clock.wall())
      const scope = scopeOf(task)
      if (scope !== undefined) {
        const key = `${PREFIX}:idempotency:${scope}`
        const own = JSON.stringify({ snapshot, fingerprint: fingerprintOf(task) })
        const known = await run(redis => redis.set(key, own, 'PX', IDEMPOTENCY_MS, 'NX', 'GET'))
        if (known !== null) {
          const earlier = JSON.parse(known) as { snapshot: TaskSnapshot; fingerprint: string }
          if (earlier.fingerprint !== fingerprintOf(task)) throw idempotencyConflict(task)
          const found = await read(earlier.snapshot.task_id)
          if (found) return { task: found, created: false }
          // Whoever came first was cut short, or is not through yet: this goes on with its id.
          snapshot = earlier.snapshot
        }
      }
      const { task_id } = snapshot
      // The lease first: work without a task is cleaned up, a task without a lease would wait for ever.
      if (task.request.work === 'simulated') await connection.renew(LEASES, FIRST_LEASE_MS, true, [task_id])
      await run(redis => redis.zadd(INDEX, 0, memberOf(snapshot)))
      const created = await connection.create(hashOf(task_id), {
        base: JSON.stringify(snapshot),
        status: snapshot.status,
        seq: 0,
        progress: 0,
        step: 0,
        request: JSON.stringify(task.request),
        seed: task.seed,
      })
      return { task: snapshot, created }
    },
    read,
    followed,
    async list(limit, cursor) {
      if (cursor !== undefined && !isMember(cursor)) throw badCursor(cursor)
      const from = cursor === undefined ? '+' : `(${cursor}`
      const members = await run(redis => redis.zrevrangebylex(INDEX, from, '-', 'LIMIT', 0, limit + 1))
      const page = members.slice(0, limit)
      const tasks = await Promise.all(page.map(member => read(idOf(member))))
      const next = members.length > limit ? page.at(-1) : undefined
      return {
        tasks: tasks.filter(task => task !== undefined),
        ...(next === undefined ? {} : { next }),
      }
    },
    history(taskId, afterSeq) {
      // As a rule the client comes for what is still to come.
      return afterSeq === followed(taskId)?.seq ? [] : history(taskId, afterSeq)
    },
    async publish(taskId, event, options = {}) {
      const { progress, ...rest } = event
      const at = clock.wall()
      const written = await connection
        .publish(
          [hashOf(taskId), streamOf(taskId)],
          [
            JSON.stringify(rest).slice(0, -1),
            String(progress),
            statusAfter(event),
            'stage' in event ? event.stage : '',
            JSON.stringify(taskId),
            at,
            options.step ?? '',
            options.ifWaiting ? '1' : '0',
            options.traceparent ?? '',
            limits.history,
            isTerminal(event.type) ? limits.finishedMs : '',
            channelOf(taskId),
          ],
        )
        .catch(error => {
          throw REFUSALS[error.code]?.(taskId) ?? error
        })
      if (written === null) return undefined
      return published(written, at, options.traceparent)
    },
    async subscribe(taskId, onEvent, onLost = () => {}) {
      const listener = { onEvent, onLost }
      const known = feeds.get(taskId)
      const { onGap } = events
      const feed = known ?? new Feed({ read: after => missed(taskId, after), onGap, clock })
      feed.listeners.add(listener)
      const leave = () => {
        feed.listeners.delete(listener)
        if (feed.listeners.size > 0 || feeds.get(taskId) !== feed) return
        feeds.delete(taskId)
        // A connection that is away has forgotten it anyway.
        subscriber.unsubscribe(channelOf(taskId)).catch(() => {})
      }
      try {
        if (!known) feeds.set(taskId, feed)
        await subscriber.subscribe(channelOf(taskId)).catch(cause => {
          throw new PetrelError('broker_down', 'Redis takes no subscription', { cause })
        })
        const task = await read(taskId)
        if (!task) throw taskUnknown()
        feed.begin(task)
      } catch (error) {
        leave()
        throw error
      }
      return { [Symbol.dispose]: leave }
    },
    async claim(limit, leaseMs) {
      await sweep()
      const ids = await connection.claim(LEASES, limit, leaseMs)
      const tasks = await Promise.all(ids.map(read))
      const over = ids.filter((_, index) => {
        const task = tasks[index]
        return !task || isTerminal(task.status)
      })
      if (over.length > 0) await run(redis => redis.zrem(LEASES, ...over))
      return ids.filter(id => !over.includes(id))
    },
    async renew(taskIds, leaseMs) {
      if (taskIds.length > 0) await connection.renew(LEASES, leaseMs, false, taskIds)
    },
    async work(taskId) {
      const [request, seed, step] = await run(redis => redis.hmget(hashOf(taskId), 'request', 'seed', 'step'))
      if (!request) return undefined
      return { request: JSON.parse(request) as CreateTaskRequest, seed: Number(seed), step: Number(step) }
    },
    isUp: connection.isUp,
    async [Symbol.asyncDispose]() {
      // Whoever still listens would have its feed ask for ever.
      for (const { listeners } of feeds.values()) listeners.clear()
      await connection[Symbol.asyncDispose]()
    },
  }

  /** Takes tasks that have expired out of the list, a few at a time. */
  async function sweep(): Promise<void> {
    const oldest = await run(redis => redis.zrangebylex(INDEX, '-', '+', 'LIMIT', 0, SWEEP))
    // One that is just being made is in the list before it is there.
    const members = oldest.filter(member => madeAt(member) < clock.wall() - FIRST_LEASE_MS)
    const there = await Promise.all(members.map(member => run(redis => redis.exists(hashOf(idOf(member))))))
    const gone = members.filter((_, index) => there[index] === 0)
    if (gone.length > 0) await run(redis => redis.zrem(INDEX, ...gone))
  }
}

/** What the script says no with. */
const REFUSALS: Readonly<Record<string, (taskId: string) => PetrelError>> = {
  task_unknown: taskUnknown,
  task_ended: taskEnded,
  task_not_waiting: notWaiting,
}
