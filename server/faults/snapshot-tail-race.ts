import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

const LATE_MS = { '100ms': 100, '1s': 1_000 }

export const snapshotTailRace = serverFault(FAULTS.snapshotTailRace, (variant, { clock }) => ({
  // The session is told that it has joined, and goes on to read the status.
  join: healthy => async (taskId, member) => {
    let membership: Disposable | undefined
    let left = false
    const timer = clock.after(LATE_MS[variant], async () => {
      try {
        membership = await healthy(taskId, member)
      } catch {
        return member.lost()
      }
      if (left) membership[Symbol.dispose]()
    })
    return {
      [Symbol.dispose]() {
        left = true
        timer[Symbol.dispose]()
        membership?.[Symbol.dispose]()
      },
    }
  },
}))
