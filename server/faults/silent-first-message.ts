import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

const WAIT_MS = { '1s': 1_000, '3s': 3_000 }

export const silentFirstMessage = serverFault(FAULTS.silentFirstMessage, (variant, { clock }) => ({
  follow: healthy => async (context, session, request, ws) => {
    if (variant === 'never') return
    await new Promise<void>(resolve => clock.after(WAIT_MS[variant], resolve))
    if (session.open) await healthy(context, session, request, ws)
  },
}))
