import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { PetrelError } from '#core'

/** Peers whose `X-Forwarded-*` headers are believed. Anybody can send those headers: without a list nobody is. */
export interface TrustedProxies {
  /** Address of the client: what the nearest peer that is not trusted says, or is. */
  clientAddress(request: IncomingMessage): string
  /** How the client asked: what a trusted proxy says of scheme and host, else what arrived here. */
  asked(request: IncomingMessage): { scheme: string | undefined; host: string | undefined }
  /** True when the peer itself is on the list. */
  isTrusted(request: IncomingMessage): boolean
}

/**
 * Reads addresses and networks, as `10.0.0.0/8` or `::1`.
 * @throws PetrelError `bad_option`
 */
export function trustedProxies(entries: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const entry of entries) addEntry(list, entry)
  const isListed = (address: string) =>
    isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  const peerOf = ({ socket }: IncomingMessage) => plain(socket.remoteAddress ?? '')
  const isTrusted = (request: IncomingMessage) => entries.length > 0 && isListed(peerOf(request))

  return {
    isTrusted,
    clientAddress(request) {
      let address = peerOf(request)
      if (!isTrusted(request)) return address
      // The rightmost was added by the nearest proxy; what a client wrote itself stands further left.
      for (const hop of listOf(request.headers['x-forwarded-for']).toReversed()) {
        if (isIP(hop) === 0) break
        address = hop
        if (!isListed(hop)) break
      }
      return address
    },
    asked(request) {
      const { headers } = request
      if (!isTrusted(request)) return { scheme: undefined, host: headers.host }
      return {
        scheme: listOf(headers['x-forwarded-proto']).at(-1)?.toLowerCase(),
        host: listOf(headers['x-forwarded-host']).at(-1) ?? headers.host,
      }
    },
  }
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/')
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  const bits = Number(prefix)
  const isWrong =
    isIP(address) === 0 ||
    (prefix !== undefined && (!/^\d+$/.test(prefix) || bits > (family === 'ipv6' ? 128 : 32)))
  if (isWrong) {
    throw new PetrelError('bad_option', `"${entry}" is no address and no network of a trusted proxy`, {
      hint: 'as 127.0.0.1, 10.0.0.0/8 or ::1',
    })
  }
  if (prefix === undefined) list.addAddress(address, family)
  else list.addSubnet(address, bits, family)
}

function listOf(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '')
  return text
    .split(',')
    .map(part => plain(part.trim()))
    .filter(part => part !== '')
}

/** An IPv4 address as such, also where it arrived on a socket of both families. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '')
