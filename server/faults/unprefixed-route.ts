import type { FaultSwitch } from './define.ts'

export const unprefixedRoute: FaultSwitch = {
  name: 'unprefixed-route',
  description: 'Also serves the stream without its prefix, as the server of the founding incident did.',
  variants: ['off', 'on'],
}
