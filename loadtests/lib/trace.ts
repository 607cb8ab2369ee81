import type { Random } from '../../src/client/policies/index.ts'

/** So many clients of a crowd, spread over it, ask for their handshakes to be traced. */
const TRACED_CLIENTS = 100

const hex = (random: Random, digits: number) =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')

/** `traceparent` of one handshake (W3C Trace Context, version 00). A crowd of any size asks for few traces. */
export function traceparent(random: Random, client: number, clients: number): string {
  const isTraced = client % Math.ceil(clients / TRACED_CLIENTS) === 0
  // An id of zeros alone is none.
  return `00-${hex(random, 31)}1-${hex(random, 15)}1-${isTraced ? '01' : '00'}`
}
