import { STREAM_PATH, TASKS_PATH } from '#protocol'
import { type BadReaders, connectBadReaders, readerUrls } from '../causes/bad-readers.ts'
import { postTask } from '../causes/server-requests.ts'
import { type Place, type PreparedDisturbance, pause } from './define.ts'

/** Told as fast as the server can: the kernel takes megabytes before a socket is full. */
const TASK = { kind: 'concept_content', steps: 10_000, retries: 10_000, pace_ms: 0 }
/** What the kernel takes, at some 180 KB a second. */
const AHEAD_MS = 8_000
const LOOK_MS = 200
/** The sum may be that of fewer readers with more each: the last ones get so long, well under what ends the first. */
const LAST_MS = 800
/** `--slow-consumer-bytes` of the server: what waits in it for a reader that it counts as slow. */
const SLOW_BYTES = 65_536

/**
 * Readers stop reading while their task goes on. Once all count as slow the task is cancelled: its end waits for
 * each of them, and goes to nobody when the server gives them up.
 */
export function starveReaders(place: Place, count: number): PreparedDisturbance {
  const { deployment, fault, clock, signal } = place
  const [url = ''] = deployment.urls
  const metric = async (name: string) => {
    const text = await (await fetch(`${url}/metrics`, { signal })).text()
    const line = text.split('\n').find(one => one.startsWith(`${name} `))
    return Number(line?.slice(name.length + 1) ?? 0)
  }
  let readers: BadReaders | undefined
  const givenUp: number[] = []
  return {
    aheadMs: AHEAD_MS,
    async begin() {
      const taskId = (await postTask(url, TASK, signal)) ?? ''
      readers = connectBadReaders(readerUrls(url, STREAM_PATH, taskId, count), 'nothing', clock)
      await readers.opened
      readers.begin()
      const isTime = () => clock.wall() < fault.to
      while (isTime() && (await metric('ws_buffered_bytes')) < count * SLOW_BYTES) await pause(LOOK_MS, place)
      await pause(LAST_MS, place)
      await fetch(`${url}${TASKS_PATH}/${taskId}`, { method: 'DELETE', signal })
      while (isTime() && givenUp.length < count) {
        const closed = await metric('ws_slow_consumer_actions_total{action="close"}')
        while (givenUp.length < closed) givenUp.push(clock.wall())
        await pause(LOOK_MS, place)
      }
      if (givenUp.length < count) throw new Error(`the server gave up ${givenUp.length} of ${count} readers`)
    },
    span: () =>
      givenUp.length === 0 ? undefined : { from: (givenUp[0] ?? 0) - LOOK_MS, to: givenUp.at(-1) ?? 0 },
    async [Symbol.asyncDispose]() {
      await readers?.[Symbol.asyncDispose]()
    },
  }
}
