import { isIP } from 'node:net'

/** Where a server is; an IPv6 address stands in brackets. */
export const urlOf = (host: string, port: number): string =>
  `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
