import { WebSocket } from 'ws'
import { FRESH, type PolicyState, seededRandom, wellBehaved } from '#client'
import { isTerminal, isUseful, streamPath } from '#protocol'

/** What one client has seen of its task when it is through with it. */
export interface Followed {
  /** Sequences in the order of arrival, repetitions and all. */
  sequences: number[]
  terminals: number
  /** Verdicts of its resumes. */
  resumes: string[]
  connections: number
  /** Why it gave up; absent when the task ended. */
  gaveUp?: string
}

/** Follows a task to its end as PROTOCOL.md asks clients to, over whichever server `url` names at each attempt. */
export function followStream(
  taskId: string,
  url: (attempt: number) => string,
  seed: number,
): Promise<Followed> {
  const seen: Followed = { sequences: [], terminals: 0, resumes: [], connections: 0 }
  const random = seededRandom(seed)
  let epoch: string | undefined
  let state: PolicyState = FRESH
  return new Promise(through => {
    const dial = () => {
      const last = seen.sequences.at(-1)
      const resume = epoch !== undefined ? { epoch, seq: last ?? 0 } : undefined
      const path = streamPath(taskId, { includeHistory: true, ...(resume ? { resume } : {}) })
      const ws = new WebSocket(url(seen.connections++).replace('http', 'ws') + path, {
        handshakeTimeout: 5_000,
      })
      let openedAt: number | undefined
      let useful = false
      let window: number | undefined
      ws.on('open', () => {
        openedAt = Date.now()
      })
      ws.on('message', data => {
        const frame = JSON.parse(String(data))
        useful ||= isUseful(frame.type)
        if (frame.type === 'connected') {
          epoch = frame.epoch
          window = frame.reconnect_window_ms
          if (frame.resume) seen.resumes.push(frame.resume)
        } else if (frame.seq !== undefined && frame.type !== 'current_status') {
          seen.sequences.push(frame.seq)
          if (isTerminal(frame.type)) seen.terminals += 1
        }
      })
      ws.on('error', () => {})
      ws.once('close', code => {
        const step = wellBehaved.next(
          {
            opened: openedAt !== undefined,
            useful,
            uptimeMs: openedAt === undefined ? 0 : Date.now() - openedAt,
            code,
            ...(window === undefined ? {} : { reconnectWindowMs: window }),
          },
          state,
          random,
        )
        if ('stop' in step) return through(step.stop === 'ended' ? seen : { ...seen, gaveUp: step.stop })
        state = step.state
        setTimeout(dial, step.wait)
      })
    }
    dial()
  })
}
