import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

const LATE_MS = 5_000

export const neverCloses = serverFault(FAULTS.neverCloses, (variant, { clock }) => {
  /** What closes those that were left open. */
  const due = new Set<() => void>()
  return {
    finish: healthy => session => {
      const close = () => healthy(session)
      due.add(close)
      session.listen({ onClosing: () => void due.delete(close) })
      if (variant === '5s') clock.after(LATE_MS, close)
    },
    [Symbol.dispose]() {
      for (const close of due) close()
    },
  }
})
