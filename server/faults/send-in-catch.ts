import { FAULTS } from '#catalog'
import { incidentSession } from '../stream/incident-session.ts'
import { serverFault } from './define.ts'

export const sendInCatch = serverFault(FAULTS.sendInCatch, () => ({
  follow: healthy => incidentSession(healthy, { sendsInCatch: 1 }),
}))
