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

export interface Churned {
  opened: number
  /** Why clients did not get in → how many. */
  failed: Record<string, number>
}

/** Longest stay in milliseconds; stays are spread evenly, so that some leave at once. */
const STAY_MS = 4_000
const TICK_MS = 10

/** Clients that come at a steady rate, stay a while and leave: half politely, half without a word. */
export function churn({ port, paths, dialect, perSecond, seconds }: ChurnOrder): Promise<Churned> {
  let opened = 0
  const failed: Record<string, number> = {}
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
        onEnd({ wasReady, status, closeCode, error }) {
          open -= 1
          if (wasReady) return
          const why = [status || 'no answer', closeCode && `closed with ${closeCode}`, error]
          const text = why.filter(Boolean).join(', ')
          failed[text] = (failed[text] ?? 0) + 1
        },
      })
    }
  })
}
