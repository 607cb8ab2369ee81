import fc, { type Scheduler } from 'fast-check'
import { expect, test } from 'vitest'
import { type Soon, systemClock } from '#core'
import type { MeteredSession, SessionListener, SharedFrame } from '#instrument'
import { isTerminal, type ServerFrame } from '#protocol'
import { createTaskRequest } from '#protocol/decode'
import { createInstruments } from '../../src/instrument/instruments.ts'
import { DEFAULT_SETTINGS } from '../settings/index.ts'
import { memoryStore } from '../store/memory.ts'
import { taskReader } from '../store/reader.ts'
import type { NewEvent, TaskStore } from '../store/store.ts'
import { NO_FAULTS } from '../testing.ts'
import type { StreamContext } from './context.ts'
import { fanout } from './fanout.ts'
import { followTask } from './follow-task.ts'

type Command =
  | { do: 'publish' }
  | { do: 'complete' }
  | { do: 'connect'; client: number }
  /** The connection is lost, and with it the last frames that were under way. */
  | { do: 'lose'; client: number; unseen: number }

const CLIENTS = 3
const client = fc.nat(CLIENTS - 1)
const comeOrGo: fc.Arbitrary<Command> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('connect' as const), client }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), client, unseen: fc.nat(3) }) },
)
/** What happens until the task ends, then its end, then what may still happen. */
const history: fc.Arbitrary<Command[]> = fc
  .tuple(
    fc.array(fc.oneof(fc.constant({ do: 'publish' as const }), comeOrGo), { maxLength: 20 }),
    fc.array(comeOrGo, { maxLength: 6 }),
  )
  .map(([before, after]) => [...before, { do: 'complete' }, ...after])

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

/**
 * A store whose answers come when the scheduler says so: late, and overtaking each other. One that `follows` knows
 * at once what its subscribers have.
 */
function lateStore(scheduler: Scheduler, follows: boolean): TaskStore {
  const memory = memoryStore(systemClock)
  const late = async <T>(what: string, answer: () => Soon<T>): Promise<T> => {
    await scheduler.schedule(Promise.resolve(), `${what} is asked`)
    const answered = await answer()
    await scheduler.schedule(Promise.resolve(), `${what} answers`)
    return answered
  }
  return {
    ...memory,
    followed: id => (follows ? memory.followed(id) : undefined),
    read: id => late('read', () => memory.read(id)),
    history: (id, after) => late('history', () => memory.history(id, after)),
    subscribe: (id, listener, onLost) => late('subscribe', () => memory.subscribe(id, listener, onLost)),
  }
}

/** A client as PROTOCOL.md asks for: it comes back with the last event that it has seen. */
class Client {
  readonly seen: ServerFrame[] = []
  readonly closes: number[] = []
  /** Frames into a connection that had ended. */
  afterClose = 0
  #epoch: string | undefined
  #session: { open: boolean; received: ServerFrame[]; end: () => void } | undefined

  get connected() {
    return this.#session !== undefined
  }

  async connect(context: StreamContext, taskId: string): Promise<void> {
    const listeners: SessionListener[] = []
    const connection = {
      open: true,
      received: [] as ServerFrame[],
      end: () => {
        if (!connection.open) return
        connection.open = false
        for (const listener of listeners) listener.onClosing?.()
      },
    }
    this.#session = connection
    const take = (text: string) => {
      if (!connection.open) {
        this.afterClose += 1
        return 'closed' as const
      }
      connection.received.push(JSON.parse(text))
      return 'sent' as const
    }
    const session: MeteredSession = {
      get open() {
        return connection.open
      },
      buffered: 0,
      listen: listener => void (connection.open ? listeners.push(listener) : listener.onClosing?.()),
      onDrain: () => {},
      send: data => take(String(data)),
      sendShared: (frames: readonly SharedFrame[]) =>
        frames.map(({ bytes }) => take(bytes.subarray(bytes.indexOf('{')).toString())).at(-1) ?? 'sent',
      received: () => {},
      traceIds: undefined,
      close: code => {
        this.closes.push(code)
        connection.end()
        this.#leave(connection.received)
      },
      terminate: connection.end,
    }
    const last = this.events().at(-1)
    const resume = this.#epoch === undefined ? undefined : { epoch: this.#epoch, seq: last?.seq ?? 0 }
    await followTask(context, session, { taskId, includeHistory: true, resume })
  }

  lose(unseen: number): void {
    const connection = this.#session
    if (!connection) return
    connection.end()
    this.#leave(connection.received.slice(0, Math.max(0, connection.received.length - unseen)))
  }

  #leave(received: readonly ServerFrame[]): void {
    this.#session = undefined
    for (const frame of received) {
      if (frame.type === 'connected') this.#epoch = frame.epoch
      this.seen.push(frame)
    }
  }

  events() {
    return this.seen.filter(
      frame => 'seq' in frame && frame.type !== 'connected' && frame.type !== 'current_status',
    ) as Extract<ServerFrame, { progress: number }>[]
  }
}

test('however publishing, subscribing, reading and losing connections interleave, each client has every event once and one end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.boolean(), history, async (scheduler, follows, commands) => {
      const store = lateStore(scheduler, follows)
      const instruments = createInstruments(['/s/{id}'])
      const errors: unknown[] = []
      const request = createTaskRequest.parse({ kind: 'roadmap_generation', work: 'external' })
      const taskId = (await store.create({ request, seed: 1 })).task.task_id
      const context = {
        settings: DEFAULT_SETTINGS,
        store,
        reader: taskReader(store, { timeoutMs: 60_000, delay: async () => {} }),
        fanout: fanout(store, instruments, systemClock, error => void errors.push(error), NO_FAULTS),
        faults: NO_FAULTS,
        meter: { instruments },
        clock: systemClock,
        boxes: new Set(),
      } as unknown as StreamContext
      const clients = Array.from({ length: CLIENTS }, () => new Client())
      const follow = (one: Client) => {
        const ended = one.events().some(({ type }) => isTerminal(type))
        if (!one.connected && !ended)
          one.connect(context, taskId).catch((error: unknown) => errors.push(error))
      }
      const publish = (event: NewEvent) => store.publish(taskId, event)
      async function settle(): Promise<void> {
        do {
          await scheduler.waitIdle()
          await turn()
          await turn()
        } while (scheduler.count() > 0)
      }

      let published = 0
      scheduler.scheduleSequence(
        commands.map(one => ({
          label: JSON.stringify(one),
          builder: async () => {
            if (one.do === 'publish') {
              published += 1
              await publish({ type: 'progress', progress: published / 100, stage: 's' })
            } else if (one.do === 'complete') await publish({ type: 'completed', progress: 1 })
            else if (one.do === 'connect') follow(clients[one.client] as Client)
            else clients[one.client]?.lose(one.unseen)
            await turn()
          },
        })),
      )
      await settle()
      for (const one of clients) follow(one)
      await settle()

      const all = Array.from({ length: published + 1 }, (_, index) => index + 1)
      for (const one of clients) {
        expect(one.events().map(({ seq }) => seq)).toEqual(all)
        expect(one.events().filter(({ type }) => isTerminal(type))).toHaveLength(1)
        expect(one.closes).toEqual([1000])
        expect(one.afterClose).toBe(0)
      }
      expect(errors).toEqual([])
      expect([context.boxes.size, context.fanout.size()]).toEqual([0, 0])
    }),
    { numRuns: 300 },
  )
})
