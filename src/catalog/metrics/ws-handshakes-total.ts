import { defineMetric, EACH_ROUTE } from './define.ts'

export const HANDSHAKE_REASONS = [
  'ok',
  'wrong_path',
  'not_websocket',
  'bad_upgrade',
  'origin',
  'unauthenticated',
  'forbidden',
  'task_unknown',
  'rate_limited',
  'connection_limit',
  'draining',
  'error',
] as const
export type HandshakeReason = (typeof HANDSHAKE_REASONS)[number]

const refused = (route: string, status: string, reason: HandshakeReason) => ({
  route,
  outcome: 'refused',
  status,
  reason,
})

/** Statuses beside these are counted as `other`, so that a peer cannot grow the set. */
export const wsHandshakesTotal = defineMetric({
  name: 'ws_handshakes_total',
  type: 'counter',
  help: 'WebSocket handshakes that were decided, counted at the raw upgrade event, before routing; and those that lost their upgrade in a proxy, by their key.',
  labels: ['route', 'outcome', 'status', 'reason'],
  tuples: [
    { route: EACH_ROUTE, outcome: 'accepted', status: '101', reason: 'ok' },
    // A server that accepts any path: the handshake is fine, the client is lost all the same.
    { route: 'unmatched', outcome: 'accepted', status: '101', reason: 'ok' },
    refused('unmatched', '404', 'wrong_path'),
    refused('unmatched', '101', 'wrong_path'),
    refused('unmatched', '400', 'wrong_path'),
    // The upgrade was lost on the way, most likely in a proxy; a server without the path answers 404 to what is left.
    refused('unmatched', '404', 'not_websocket'),
    refused('unmatched', '426', 'not_websocket'),
    refused('unmatched', 'other', 'not_websocket'),
    refused(EACH_ROUTE, '404', 'not_websocket'),
    refused(EACH_ROUTE, 'other', 'not_websocket'),
    refused(EACH_ROUTE, '426', 'not_websocket'),
    refused(EACH_ROUTE, '400', 'bad_upgrade'),
    refused(EACH_ROUTE, '403', 'origin'),
    refused(EACH_ROUTE, '401', 'unauthenticated'),
    refused(EACH_ROUTE, '101', 'unauthenticated'),
    refused(EACH_ROUTE, '403', 'forbidden'),
    refused(EACH_ROUTE, '101', 'forbidden'),
    refused(EACH_ROUTE, '101', 'task_unknown'),
    refused(EACH_ROUTE, '404', 'task_unknown'),
    refused(EACH_ROUTE, '429', 'rate_limited'),
    refused(EACH_ROUTE, '101', 'rate_limited'),
    refused(EACH_ROUTE, '503', 'connection_limit'),
    refused(EACH_ROUTE, '101', 'connection_limit'),
    // A server that refuses before it accepts: the code is lost, and all its reasons are one status.
    refused('unmatched', '403', 'wrong_path'),
    refused(EACH_ROUTE, '403', 'unauthenticated'),
    refused(EACH_ROUTE, '403', 'task_unknown'),
    refused(EACH_ROUTE, '403', 'rate_limited'),
    refused(EACH_ROUTE, '403', 'connection_limit'),
    refused(EACH_ROUTE, '503', 'draining'),
    refused(EACH_ROUTE, '500', 'error'),
    refused(EACH_ROUTE, '503', 'error'),
    refused(EACH_ROUTE, '101', 'error'),
    refused(EACH_ROUTE, 'other', 'error'),
    refused('unmatched', 'other', 'wrong_path'),
  ],
})
