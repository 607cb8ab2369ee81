import type { FaultSwitch } from './define.ts'

export const sendInCatch: FaultSwitch = {
  name: 'send-in-catch',
  description:
    "The founding incident's handler: when its first send fails it logs an empty error and sends again in its catch block, into the same closed socket.",
  variants: ['off', 'on'],
}
