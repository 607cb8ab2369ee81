import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

const LONGER_MS = { '300ms': 300, '1s': 1_000, '5s': 5_000 }

export const slowHistory = serverFault(FAULTS.slowHistory, (variant, { clock }) => ({
  historyDelay: healthy => async () => {
    await healthy()
    await new Promise<void>(resolve => clock.after(LONGER_MS[variant], resolve))
  },
}))
