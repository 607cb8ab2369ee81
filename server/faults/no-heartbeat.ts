import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

export const noHeartbeat = serverFault(FAULTS.noHeartbeat, variant => ({
  heartbeat: healthy => (ws, tools, handlers) =>
    variant === 'no-ping'
      ? { [Symbol.dispose]() {} }
      : healthy(ws, tools, { onPong: ms => handlers.onPong(ms), onTimeout() {} }),
}))
