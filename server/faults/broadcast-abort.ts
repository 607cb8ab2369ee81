import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

export const broadcastAbort = serverFault(FAULTS.broadcastAbort, () => {
  const dead = new Set<Disposable>()
  return {
    join: healthy => async (taskId, member) => {
      let gone = false
      const membership = await healthy(taskId, {
        lost: () => member.lost(),
        isSlow: () => member.isSlow(),
        deliver(published, merged) {
          if (gone) throw new Error('a receiver is dead, and the broadcast ends at it')
          member.deliver(published, merged)
        },
      })
      return {
        [Symbol.dispose]() {
          gone = true
          dead.add(membership)
        },
      }
    },
    deliver: () => (member, published, merged) => member.deliver(published, merged),
    [Symbol.dispose]() {
      for (const membership of dead) membership[Symbol.dispose]()
    },
  }
})
