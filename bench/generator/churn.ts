import { openConnection } from './connection.ts'
import type { Dialect } from './pool.ts'

export interface ChurnOrder {
  port: number
  paths: readonly string[]
  dialect: Dialect
  /** Clients that come each second, and go. */
  perSecond: number
  seconds: number
}

/** Longest stay in milliseconds; stays are spread evenly, so that some leave at once. */
const STAY_MS = 4_000
const TICK_MS = 10

/** Clients that come at a steady rate, stay a while and leave: half politely, half without a word. */
export function churn({
  port,
  paths,
  dialect,
  perSecond,
  seconds,
}: ChurnOrder): Promise<{ opened: number; failed: number }> {
  let opened = 0
  let failed = 0
  let open = 0
  const began = performance.now()
  return new Promise(done => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - began) / 1_000
      const due = Math.min(elapsed, seconds) * perSecond
      while (opened < due) come()
      if (elapsed < seconds || open > 0) return
      clearInterval(timer)
      void done({ opened, failed })
    }, TICK_MS)
    function come(): void {
      const index = opened++
      open += 1
      const connection = openConnection({
        port,
        path: `${paths[index % paths.length]}?client_id=churn-${index}`,
        localAddress: `127.0.20.${1 + (index % 250)}`,
        greeting: dialect.greeting,
        onReady() {
          const leave = index % 2 === 0 ? connection.close : connection.cut
          setTimeout(leave, (STAY_MS * (index % 97)) / 97)
        },
        onText: () => {},
        onEnd(_status, wasReady) {
          open -= 1
          if (!wasReady) failed += 1
        },
      })
    }
  })
}
