import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Instruments } from '#instrument'
import { listenError } from '../listen-error.ts'
import { urlOf } from '../url-of.ts'

/** `/metrics` on a port of its own. */
export interface MetricsServer extends AsyncDisposable {
  url: string
}

/**
 * Serves the metrics, and nothing else, where the streams' clients do not get.
 * @throws PetrelError `port_busy`, `listen_failed`
 */
export async function serveMetrics(
  instruments: Instruments,
  host: string,
  port: number,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('metrics are at /metrics\n')
      return
    }
    instruments.scrape(request.headers.accept).then(
      ({ contentType, text }) => response.writeHead(200, { 'Content-Type': contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw listenError(error, { host, port })
  }
  return {
    url: urlOf(host, (server.address() as AddressInfo).port),
    async [Symbol.asyncDispose]() {
      const closed = new Promise(done => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}
