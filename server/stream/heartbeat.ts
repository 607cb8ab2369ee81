import type { WebSocket } from 'ws'
import type { Clock, Random } from '#core'

export interface HeartbeatHandlers {
  /** Milliseconds from a ping to its pong. */
  onPong: (roundTripMs: number) => void
  /** Called once: a ping was not answered before the next one was due. */
  onTimeout: () => void
}

/** Pings at an interval, the first after a random part of it: a thousand that came at once do not ping at once. */
export function startHeartbeat(
  ws: WebSocket,
  { clock, random, intervalMs }: { clock: Clock; random: Random; intervalMs: number },
  { onPong, onTimeout }: HeartbeatHandlers,
): Disposable {
  let pingedAt: number | undefined
  let timer: Disposable
  const beat = () => {
    if (pingedAt !== undefined) return onTimeout()
    pingedAt = clock.now()
    ws.ping()
    timer = clock.after(intervalMs, beat)
  }
  ws.on('pong', () => {
    if (pingedAt === undefined) return
    onPong(clock.now() - pingedAt)
    pingedAt = undefined
  })
  timer = clock.after(intervalMs * random(), beat)
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() }
}
