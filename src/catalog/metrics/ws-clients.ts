import { defineMetric, eachOf } from './define.ts'

export const CLIENT_STATES = ['ok', 'failing', 'looping'] as const
export type ClientState = (typeof CLIENT_STATES)[number]

/** Attempts of one client within a minute from which on it loops, when its last one did not serve it. */
export const LOOPING_ATTEMPTS = 20

export const wsClients = defineMetric({
  name: 'ws_clients',
  type: 'gauge',
  help: `Clients that are connected or tried within the last minute, by what became of their last attempt: it served them (ok), it did not (failing), or it did not and they tried ${LOOPING_ATTEMPTS} times and more within a minute (looping). The table is bounded: past it, the client that was quiet for longest is forgotten.`,
  labels: ['state'],
  tuples: eachOf('state', CLIENT_STATES),
})
