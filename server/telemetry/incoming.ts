import type { IncomingMessage } from 'node:http'
import {
  type Attributes,
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type TextMapPropagator,
} from '@opentelemetry/api'
import { pathOf } from '#instrument'
import { outside } from '../log.ts'

/** The caller's context, by its headers. */
export const callerOf = (
  { headers }: IncomingMessage,
  propagator: Pick<TextMapPropagator, 'extract'>,
): Context => propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter)

/**
 * What the semantic conventions for HTTP servers (1.23 and later) say of a request. The query is left out: tokens
 * may be in it.
 */
export function requestAttributes(request: IncomingMessage, route: string | undefined): Attributes {
  const { method = 'GET', url, httpVersion, socket, headers } = request
  const agent = headers['user-agent']
  return {
    'http.request.method': method,
    ...(route === undefined ? {} : { 'http.route': route }),
    'url.path': outside(pathOf(url)),
    'url.scheme': 'http',
    'network.protocol.version': httpVersion,
    ...(socket.remoteAddress === undefined ? {} : { 'network.peer.address': socket.remoteAddress }),
    ...(agent === undefined ? {} : { 'user_agent.original': outside(agent) }),
  }
}

/** Ends the span of a request; only what the server failed at is an error. */
export function endWithStatus(span: Span, status: number | undefined): void {
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (status === undefined || status >= 500) {
    span.setAttribute('error.type', status === undefined ? 'no_answer' : String(status))
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}
