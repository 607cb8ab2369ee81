import { openConnection } from './connection.ts'

export interface FloodOrder {
  port: number
  path: string
  perSecond: number
  seconds: number
}

export interface Flooded {
  sent: number
  /** HTTP status → how often; 0 when nobody answered. */
  statuses: Record<string, number>
  /** Refusals a second that really came back. */
  perSecond: number
}

const TICK_MS = 2

/** Dials a wrong path at a steady rate, as many clients from many addresses. */
export function flood({ port, path, perSecond, seconds }: FloodOrder): Promise<Flooded> {
  const statuses: Record<string, number> = {}
  let sent = 0
  let answered = 0
  const began = performance.now()
  return new Promise(done => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - began) / 1_000
      const due = Math.min(elapsed, seconds) * perSecond
      while (sent < due) dial()
      if (elapsed < seconds || answered < sent) return
      clearInterval(timer)
      void done({ sent, statuses, perSecond: answered / elapsed })
    }, TICK_MS)
    function dial(): void {
      const index = sent++
      openConnection({
        port,
        path,
        localAddress: `127.0.${50 + (index % 20)}.${1 + (Math.floor(index / 20) % 250)}`,
        greeting: 0,
        onReady: () => {},
        onText: () => {},
        onEnd({ status }) {
          statuses[status] = (statuses[status] ?? 0) + 1
          answered += 1
        },
      })
    }
  })
}
