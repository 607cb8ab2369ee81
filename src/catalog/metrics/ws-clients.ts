import { defineMetric, eachOf } from './define.ts'

export const CLIENT_STATES = ['ok', 'failing', 'looping'] as const
export type ClientState = (typeof CLIENT_STATES)[number]

/** Attempts of one client within a minute from which on it loops, when its last one did not serve it. */
export const LOOPING_ATTEMPTS = 20

export const wsClients = defineMetric({
  name: 'ws_clients',
  type: 'gauge',
  help: `Clients that tried to connect within the last minute: the last attempt served them (ok), did not (failing), or they tried ${LOOPING_ATTEMPTS} times and more and were not served (looping). The table is bounded: past it, the client that was quiet for longest is forgotten.`,
  labels: ['state'],
  tuples: eachOf('state', CLIENT_STATES),
})
