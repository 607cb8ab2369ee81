import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

export const noHeartbeat = serverFault(FAULTS.noHeartbeat, variant => ({
  heartbeat:
    healthy =>
    (ws, timing, { onPong }) =>
      variant === 'no-ping' ? { [Symbol.dispose]() {} } : healthy(ws, timing, { onPong, onTimeout() {} }),
}))
