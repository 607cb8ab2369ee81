import type { Machine } from '#stack'

/** What a load will ask of the machine that makes it. */
export interface LoadPlan {
  /** Sockets that are open at once. */
  sockets: number
  /** Attempts within a minute, at worst: each holds a local port for up to that long. */
  attemptsPerMinute: number
  /** Source addresses that the crowd is spread over. */
  addresses: number
  /** k6 processes that share the crowd: each has descriptors of its own. */
  segments: number
}

/** Descriptors that k6 needs for itself. */
const OWN_DESCRIPTORS = 100
/** Clients that one core can play beside a server, with a margin. */
const CLIENTS_PER_CORE = 10_000

/** Why a machine cannot make the load; empty when it can. Pure. */
export function preflight(
  { sockets, attemptsPerMinute, addresses, segments }: LoadPlan,
  { descriptors, ephemeralPorts, cores }: Pick<Machine, 'descriptors' | 'ephemeralPorts' | 'cores'>,
): string[] {
  const problems: string[] = []
  const wanted = Math.ceil(sockets / segments) + OWN_DESCRIPTORS
  if (wanted > descriptors) {
    const each = segments === 1 ? '' : ` in each of ${segments} processes`
    problems.push(
      `${sockets} sockets need ${wanted} descriptors${each}, and a process may have ${descriptors} (ulimit -n)`,
    )
  }
  const ports = (ephemeralPorts ?? Number.POSITIVE_INFINITY) * addresses
  const ported = Math.max(sockets, attemptsPerMinute)
  if (ported > ports) {
    problems.push(
      `${ported} attempts within a minute need as many local ports, and ${addresses} ${addresses === 1 ? 'address has' : 'addresses have'} ${ports} (--addresses)`,
    )
  }
  if (sockets > cores * CLIENTS_PER_CORE) {
    problems.push(`${sockets} sockets are more than ${cores} cores can play (${CLIENTS_PER_CORE} each)`)
  }
  return problems
}
