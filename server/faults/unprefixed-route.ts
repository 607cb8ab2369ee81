import { FAULTS } from '#catalog'
import { UNPREFIXED_STREAM_PATH } from '#protocol'
import { serverFault } from './define.ts'

export const unprefixedRoute = serverFault(FAULTS.unprefixedRoute, () => ({
  serves: healthy => template => template === UNPREFIXED_STREAM_PATH || healthy(template),
}))
