import { slowness } from '../lib/calibration.ts'
import { serveParent } from '../lib/child.ts'

/** A server under measurement, in a process of its own. */
export interface Subject<Options> {
  start(options: Options): Promise<Listening>
  /** Sends one message to every client of a topic, as an application would. */
  publish(text: string, topic: number): void
}

export interface Listening {
  port: number
  /** One path for each topic. */
  paths: string[]
}

export interface Cpu {
  /** CPU seconds, user and system, of all threads. */
  cpuSeconds: number
  /** How slow the core was at the time, see `slowness`. */
  slowness: number
}

/** Messages are published in bursts of one tick, each after so many turns of the loop. */
export interface FanOutOrder {
  messages: number
  burst: number
  /** Turns of the loop from one burst to the next: a fan-out that yields is through by then. */
  turns: number
  /** Messages that may be on their way to one receiver: they fit into its socket's buffer. */
  window: number
}

export interface PaceOrder {
  perSecond: number
  seconds: number
  topics: number
}

/** What every subject can be asked. */
export interface SubjectApi<Options> {
  [method: string]: (argument: never) => unknown
  start(options: Options): Promise<Listening>
  slowness(): number
  cpu(): number
  /** Of the process after collections that give back what the heap holds in reserve, in bytes. */
  memory(): Promise<{ rss: number; heap: number; external: number }>
  fanOut(order: FanOutOrder): Promise<Cpu>
  /** Receivers have so many messages of the present fan-out. */
  received(messages: number): void
  pace(order: PaceOrder): Promise<Cpu>
  /** Switches metrics off and on, where the subject has any. */
  telemetry(isOn: boolean): void
}

/** Bytes of a message's payload. */
export const MESSAGE_BYTES = 150

const turn = () => new Promise<void>(resolve => setImmediate(resolve))
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
/** Microseconds of the machine's monotonic clock, which all processes share. */
export const sharedNow = (): number => Number(process.hrtime.bigint() / 1_000n)

/** Answers the bench until it is gone. */
export function serveSubject<Options>(
  { start, publish }: Subject<Options>,
  telemetry: (isOn: boolean) => void = () => {},
): void {
  let receivers = { messages: 0, wake: () => {} }

  async function fanOut({ messages, burst, turns, window }: FanOutOrder): Promise<Cpu> {
    const factor = slowness()
    receivers = { messages: 0, wake: () => {} }
    const hasReceived = async (wanted: number) => {
      while (receivers.messages < wanted) {
        await new Promise<void>(resolve => {
          receivers.wake = resolve
        })
      }
    }
    const before = cpuSeconds()
    for (let sent = 0; sent < messages; sent += burst) {
      for (let one = 0; one < burst; one++) publish(stamped(0), 0)
      for (let at = 0; at < turns; at++) await turn()
      await hasReceived(sent + burst - window)
    }
    await hasReceived(messages)
    return { cpuSeconds: cpuSeconds() - before, slowness: factor }
  }

  async function pace({ perSecond, seconds, topics }: PaceOrder): Promise<Cpu> {
    const factor = slowness()
    const before = cpuSeconds()
    const began = performance.now()
    for (let sent = 0; sent < perSecond * seconds; sent++) {
      const due = began + (sent * 1_000) / perSecond
      const wait = due - performance.now()
      if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
      publish(stamped(sharedNow()), sent % topics)
    }
    return { cpuSeconds: cpuSeconds() - before, slowness: factor }
  }

  const api: SubjectApi<Options> = {
    start,
    slowness,
    cpu: cpuSeconds,
    async memory() {
      // The young generation grows with load to a size of its own, 64 MiB, however many connections there are, and
      // shrinks when the process has been quiet for long. Here it shrinks at once.
      for (let pass = 0; pass < 2; pass++) {
        globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
        await turn()
      }
      const { rss, heapUsed, external } = process.memoryUsage()
      return { rss, heap: heapUsed, external }
    },
    fanOut,
    received(messages) {
      receivers.messages = messages
      receivers.wake()
    },
    pace,
    telemetry,
  }
  serveParent(api)
}

/** A text with the time in it, `@…@`; 16 digits whatever the time. */
const stamped = (microseconds: number) => `@${String(microseconds).padStart(16, '0')}@`
