import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

const SHARE = { '1-in-10': 0.1, all: 1 }

export const subscriberLeak = serverFault(FAULTS.subscriberLeak, (variant, { random }) => {
  const leaked = new Set<Disposable>()
  return {
    join: healthy => async (taskId, member) => {
      const membership = await healthy(taskId, member)
      if (random() >= SHARE[variant]) return membership
      return { [Symbol.dispose]: () => void leaked.add(membership) }
    },
    [Symbol.dispose]() {
      for (const membership of leaked) membership[Symbol.dispose]()
    },
  }
})
