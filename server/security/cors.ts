import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/** A browser asks again after so many seconds. */
const PREFLIGHT_S = 600

/** Lets the pages of listed origins read answers over HTTP. The server's own pages need nothing; no list, no headers. */
export function allowCrossOrigin(app: FastifyInstance, allowedOrigins: readonly string[]): void {
  if (allowedOrigins.length === 0) return
  app.register(cors, {
    // As browsers write them: lower case, no default port.
    origin: allowedOrigins.map(text => new URL(text).origin),
    methods: ['GET', 'POST', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'traceparent', 'tracestate'],
    exposedHeaders: ['Retry-After'],
    maxAge: PREFLIGHT_S,
  })
}
