import { wsConnections } from '../metrics/ws-connections.ts'
import { wsHeartbeatRttSeconds } from '../metrics/ws-heartbeat-rtt-seconds.ts'
import { wsHeartbeatTimeoutsTotal } from '../metrics/ws-heartbeat-timeouts-total.ts'
import { wsSessionSeconds } from '../metrics/ws-session-seconds.ts'
import { defineFault } from './define.ts'

export const noHeartbeat = defineFault({
  name: 'no-heartbeat',
  description: 'Nothing keeps a quiet connection alive, or nothing notices that its peer is gone.',
  variants: {
    'no-timeout': 'pings go out, and nobody minds that no pong comes back: dead peers stay.',
    'no-ping': 'no pings: a proxy with an idle timeout cuts every quiet connection.',
  },
  users: 'With `no-ping`: code 1006 after a round number of seconds, 60 behind most proxies.',
  moves: [
    { metric: wsSessionSeconds, how: 'with `no-ping`: `network` piles up at the idle timeout of the proxy' },
    { metric: wsHeartbeatRttSeconds, how: 'with `no-ping`: counts nothing' },
    { metric: wsConnections, how: 'with `no-timeout`: `open` stays above the clients that are alive' },
    { metric: wsHeartbeatTimeoutsTotal, how: 'stays at zero, whoever is dead' },
  ],
})
