import { handshakeSli } from './handshake.ts'
import { sessionSli } from './session.ts'

export const SLIS = [sessionSli, handshakeSli] as const
