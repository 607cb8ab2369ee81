import { clearInterval, setInterval, setTimeout } from 'k6/timers'
import { openAttempt } from '../../loadtests/lib/attempt.ts'

/** What one k6 process can hold and how fast it can dial, with the very attempt that the scenarios make. */

declare const __ENV: Record<string, string | undefined>
declare const __VU: number

const number = (name: string) => Number(__ENV[name] ?? 0)
const url = __ENV.URL ?? ''
/** Of each VU. */
const sockets = number('SOCKETS_EACH')
const holdMs = number('HOLD_MS')
const churns = __ENV.MODE === 'handshakes'
/** Handshakes of a VU that are under way at once. */
const AT_ONCE = 32
const TELL_MS = 500

export const options = {
  scenarios: {
    crowd: {
      executor: 'per-vu-iterations',
      vus: number('VUS'),
      iterations: 1,
      maxDuration: '300s',
    },
  },
}

/** Opens its sockets and holds them; or opens one after another, and leaves each at once, for as long. */
export default function crowd(): void {
  let begun = 0
  let opened = 0
  let ended = 0
  let isOver = false
  const open = new Set<() => unknown>()
  const dial = () => {
    if (isOver || (!churns && begun >= sockets)) return
    begun += 1
    const attempt = openAttempt(
      url,
      { tags: {}, headers: {} },
      {
        onOpen() {
          opened += 1
          if (!churns) dial()
          else attempt.leave()
        },
        onFrame() {},
        onOwnFailure() {},
        onEnd() {
          ended += 1
          open.delete(attempt.leave)
          if (churns) dial()
        },
      },
    )
    open.add(attempt.leave)
  }
  // biome-ignore lint/suspicious/noConsole: the only way in which a VU tells its runner anything while it runs
  const tell = () => console.log(JSON.stringify({ vu: __VU, at: Date.now(), opened, ended }))
  const telling = setInterval(tell, TELL_MS)
  setTimeout(() => {
    isOver = true
    tell()
    clearInterval(telling)
    for (const leave of open) leave()
  }, holdMs)
  for (let first = 0; first < AT_ONCE; first++) dial()
}
