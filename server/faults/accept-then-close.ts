import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

export const acceptThenClose = serverFault(FAULTS.acceptThenClose, variant => ({
  follow: () => async (_context, session) => {
    if (variant === 'cut') session.terminate()
    else session.close(Number(variant))
  },
}))
