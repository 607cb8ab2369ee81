import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, isIP, type Server } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { socketsOf } from './endpoints.ts'
import { listenError } from './listen-error.ts'
import { errorFields, type Logger } from './log.ts'
import type { ServerSettings } from './settings/index.ts'

/** Connections that may wait in one queue until they are accepted; the system's own limit (somaxconn) goes before. */
const BACKLOG = 4_096

/**
 * Listens on every address of the host, each with as many queues as the settings ask for. Where thousands come back at
 * once a single one overflows, and who is dropped dials again only after 1 and 3 s; with SO_REUSEPORT the kernel
 * spreads them over several. Where there is none of that, one queue has to do. Disposing closes all but the first.
 * @throws PetrelError `port_busy`, `listen_failed`
 */
export async function listen(
  app: FastifyInstance,
  settings: ServerSettings,
  log: Logger,
): Promise<Disposable> {
  const { host, port, acceptQueues } = settings
  const further: Server[] = []
  const dispose = () => {
    for (const server of further) server.close()
  }
  let queues = acceptQueues
  try {
    // Not by the name: fastify makes a second server for `localhost`, and that one has none of our limits.
    const [first = host, ...others] = await addressesOf(host)
    const open = (reusePort: boolean) => app.listen({ host: first, port, backlog: BACKLOG, ...{ reusePort } })
    await open(queues > 1).catch(error => {
      if (queues === 1 || !UNKNOWN.includes(error.code)) throw error
      log.warn(errorFields(error), 'one_accept_queue')
      queues = 1
      return open(false)
    })
    app.server.maxConnections = socketsOf(queues, settings)
    const { port: taken } = app.server.address() as AddressInfo
    const accept = async (address: string, count: number) => {
      const at = { host: address, port: taken, backlog: BACKLOG, reusePort: queues > 1 }
      for (let queue = 0; queue < count; queue++) further.push(await acceptQueue(app.server, at))
    }
    await accept(first, queues - 1)
    for (const address of others) {
      await accept(address, queues).catch(error => {
        if (!NOT_HERE.includes(error.code)) throw error
      })
    }
  } catch (error) {
    dispose()
    throw listenError(error, { host, port })
  }
  return { [Symbol.dispose]: dispose }
}

/** What a system says that has no SO_REUSEPORT which spreads connections. */
const UNKNOWN = ['ENOTSUP', 'EINVAL', 'ENOPROTOOPT']
/** What it says of an address that it does not have, as `::1` where IPv6 is off. */
const NOT_HERE = ['EADDRNOTAVAIL', 'EAFNOSUPPORT']

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host]
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

/** One more socket that accepts for the server. */
async function acceptQueue(http: HttpServer, at: object): Promise<Server> {
  const queue = createServer({ noDelay: true, allowHalfOpen: true }, socket =>
    http.emit('connection', socket),
  )
  // Each server of Node's counts its own sockets alone.
  queue.maxConnections = http.maxConnections
  queue.on('drop', dropped => http.emit('drop', dropped))
  queue.listen(at)
  await once(queue, 'listening')
  return queue
}
