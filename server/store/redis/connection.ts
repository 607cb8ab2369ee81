import { Redis } from 'ioredis'
import { errorText, PetrelError, withoutPassword } from '#core'
import { CLAIM, CREATE, PUBLISH, RENEW } from './scripts.ts'

/** One pair of connections: commands, and what is subscribed. */
export interface Connection extends AsyncDisposable {
  publish(keys: [string, string], args: readonly (string | number)[]): Promise<string | null>
  /** False when the task was there. */
  create(key: string, fields: Readonly<Record<string, string | number>>): Promise<boolean>
  claim(key: string, limit: number, leaseMs: number): Promise<string[]>
  renew(key: string, leaseMs: number, add: boolean, ids: readonly string[]): Promise<void>
  /** Runs any command; errors of ours and of the connection come out as PetrelErrors. */
  run<T>(command: (redis: Redis) => Promise<T>): Promise<T>
  subscriber: Redis
  isUp(): boolean
}

/** A command that takes longer counts as failed: nobody waits for ever for a broker. */
const COMMAND_MS = 2_000
/** What ioredis then says (built/Command.js). */
const TIMED_OUT = 'Command timed out'
const CONNECT_MS = 2_000
const LONGEST_WAIT_MS = 1_000

/**
 * Connects to one Redis (7 and later). Afterwards it reconnects by itself, for ever; a command fails at once while
 * it is away, so that callers can say so.
 * @throws PetrelError `broker_down` when nothing answers at the start.
 */
export async function connect(
  url: string,
  handlers: { onUp: (isUp: boolean) => void; onSubscriberReady: () => void },
): Promise<Connection> {
  const options = {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    retryStrategy: (attempt: number) =>
      Math.min(LONGEST_WAIT_MS, 25 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2),
  }
  const redis = new Redis(url, options)
  const subscriber = new Redis(url, options)
  for (const [name, script] of Object.entries({
    petrelPublish: PUBLISH,
    petrelClaim: CLAIM,
    petrelCreate: CREATE,
    petrelRenew: RENEW,
  })) {
    redis.defineCommand(name, { lua: script })
  }
  const scripts = redis as unknown as Record<
    'petrelPublish' | 'petrelClaim' | 'petrelCreate' | 'petrelRenew',
    (...args: (string | number)[]) => Promise<unknown>
  >
  /** False from a command that was not answered in time to the next one that is: a Redis that hangs keeps its sockets. */
  let answers = true
  const isUp = () => redis.status === 'ready' && subscriber.status === 'ready' && answers
  let wasUp = false
  const look = () => {
    if (isUp() === wasUp) return
    wasUp = isUp()
    handlers.onUp(wasUp)
  }
  const answered = (inTime: boolean) => {
    answers = inTime
    look()
  }
  for (const client of [redis, subscriber]) {
    // Without a listener ioredis prints each failed attempt; `close` says it too.
    client.on('error', () => {})
    client.on('ready', look)
    client.on('close', look)
  }
  try {
    await Promise.all([redis.connect(), subscriber.connect()])
  } catch (cause) {
    redis.disconnect()
    subscriber.disconnect()
    throw new PetrelError('broker_down', `no Redis answers at ${withoutPassword(url)}`, {
      hint: 'start it, or leave --redis away: then tasks live in this process',
      cause,
    })
  }
  look()
  subscriber.on('ready', handlers.onSubscriberReady)

  async function translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work()
      answered(true)
      return result
    } catch (error) {
      if (errorText(error) === TIMED_OUT) answered(false)
      const own = /\bPETREL (\w+)/.exec(errorText(error))?.[1]
      if (own) throw new PetrelError(own, `the store says ${own}`)
      if (error instanceof PetrelError) throw error
      const text = redis.status === 'ready' ? `Redis does not answer: ${errorText(error)}` : 'Redis is away'
      throw new PetrelError('broker_down', text, { cause: error })
    }
  }
  return {
    publish: (keys, args) =>
      translated(() => scripts.petrelPublish(2, ...keys, ...args)) as Promise<string | null>,
    create: async (key, fields) =>
      (await translated(() => scripts.petrelCreate(1, key, ...Object.entries(fields).flat()))) === 1,
    claim: (key, limit, leaseMs) =>
      translated(() => scripts.petrelClaim(1, key, limit, leaseMs)) as Promise<string[]>,
    async renew(key, leaseMs, add, ids) {
      await translated(() => scripts.petrelRenew(1, key, leaseMs, add ? '1' : '0', ...ids))
    },
    run: command => translated(() => command(redis)),
    subscriber,
    isUp,
    async [Symbol.asyncDispose]() {
      redis.disconnect()
      subscriber.disconnect()
    },
  }
}
