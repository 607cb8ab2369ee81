import type { FastifyInstance } from 'fastify'
import type { RequestTracer } from '../telemetry/request-spans.ts'

/** Makes a span of each request to the API; probes and scrapes would only drown them. Upgrades never come here. */
export function traceRequests(app: FastifyInstance, requests: RequestTracer): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url
    if (route?.startsWith('/api/')) requests.begin(request.raw, route)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    requests.end(request.raw, reply.raw.headersSent ? reply.statusCode : undefined)
    done()
  })
}
