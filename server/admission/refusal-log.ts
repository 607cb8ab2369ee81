import type { Clock } from '#core'
import type { Logger } from '../log.ts'

/** Lines of one reason within a second; the rest is counted. */
const LINES_PER_SECOND = 10
const WINDOW_MS = 1_000

export interface RefusalLog extends Disposable {
  /** Logs a refusal, or counts it when many come at once: then a line within the second tells how many. */
  refused(reason: string, fields: () => Readonly<Record<string, unknown>>, what?: 'websocket' | 'http'): void
}

/** A flood of refusals must not become a flood of lines: writing them costs more than refusing. */
export function refusalLog(log: Logger, clock: Clock): RefusalLog {
  const windows = new Map<string, { lines: number; more: number; timer: Disposable }>()

  function close(key: string): void {
    const { more = 0 } = windows.get(key) ?? {}
    windows.delete(key)
    const [what, reason] = key.split(' ')
    if (more > 0) log.warn({ reason, more, within_ms: WINDOW_MS }, `${what}_refused_more`)
  }

  return {
    refused(reason, fields, what = 'websocket') {
      const key = `${what} ${reason}`
      let window = windows.get(key)
      if (!window) {
        window = { lines: 0, more: 0, timer: clock.after(WINDOW_MS, () => close(key)) }
        windows.set(key, window)
      }
      if (window.lines === LINES_PER_SECOND) {
        window.more += 1
        return
      }
      window.lines += 1
      log.warn({ ...fields(), reason }, `${what}_refused`)
    },
    [Symbol.dispose]() {
      for (const [key, { timer }] of windows) {
        timer[Symbol.dispose]()
        close(key)
      }
    },
  }
}
