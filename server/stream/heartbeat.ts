import type { WebSocket } from 'ws'
import type { Clock } from '#core'

/** Pings at an interval; calls `onTimeout` once when a ping was not answered before the next one is due. */
export function startHeartbeat(
  ws: WebSocket,
  clock: Clock,
  intervalMs: number,
  onTimeout: () => void,
): Disposable {
  let answered = true
  let timer: Disposable | undefined
  const beat = () => {
    if (!answered) return onTimeout()
    answered = false
    ws.ping()
    timer = clock.after(intervalMs, beat)
  }
  ws.on('pong', () => {
    answered = true
  })
  timer = clock.after(intervalMs, beat)
  return { [Symbol.dispose]: () => timer?.[Symbol.dispose]() }
}
