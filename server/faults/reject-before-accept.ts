import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

export const rejectBeforeAccept = serverFault(FAULTS.rejectBeforeAccept, () => ({
  refusals: ({ refuse }) => ({
    refuse,
    refuseReadably: (request, socket, _head, { reason }) => refuse(request, socket, { status: 403, reason }),
  }),
}))
