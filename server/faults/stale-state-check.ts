import { FAULTS } from '#catalog'
import { incidentSession } from '../stream/incident-session.ts'
import { serverFault } from './define.ts'

export const staleStateCheck = serverFault(FAULTS.staleStateCheck, () => ({
  // The flag says "connected" each time: it was set at the accept, and nothing here ever reads.
  follow: healthy => incidentSession(healthy, { sendsInCatch: 2 }),
}))
