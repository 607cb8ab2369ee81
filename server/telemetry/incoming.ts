import type { IncomingMessage } from 'node:http'
import {
  type Attributes,
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  type Tracer,
} from '@opentelemetry/api'
import { pathOf } from '#instrument'
import { outside } from '../log.ts'

type Extracting = Pick<TextMapPropagator, 'extract' | 'fields'>

/** The caller's context, by its headers: most have none of them, and looking for a context in vain is dear. */
function callerOf({ headers }: IncomingMessage, propagator: Extracting): Context {
  const isTold = propagator.fields().some(name => headers[name] !== undefined)
  return isTold ? propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter) : ROOT_CONTEXT
}

/**
 * What the semantic conventions for HTTP servers (1.23 and later) say of a request, and a sampler may want to know.
 * The query is left out: tokens may be in it.
 */
function requestAttributes(request: IncomingMessage, route: string | undefined): Attributes {
  const { method = 'GET', url } = request
  return {
    'http.request.method': method,
    ...(route === undefined ? {} : { 'http.route': route }),
    'url.path': outside(pathOf(url)),
    'url.scheme': 'http',
  }
}

/** What they say of who asks: dear to find out, so that only a span which is kept should be given it. */
function peerAttributes({ httpVersion, socket, headers }: IncomingMessage): Attributes {
  const { remoteAddress } = socket
  const agent = headers['user-agent']
  return {
    'network.protocol.version': httpVersion,
    ...(remoteAddress === undefined ? {} : { 'network.peer.address': remoteAddress }),
    ...(agent === undefined ? {} : { 'user_agent.original': outside(agent) }),
  }
}

/** Begins the span of a request, below its caller's. */
export function requestSpan(
  tracer: Tracer,
  propagator: Extracting,
  request: IncomingMessage,
  route: string | undefined,
): Span {
  const name = route === undefined ? (request.method ?? 'GET') : `${request.method ?? 'GET'} ${route}`
  const options = { kind: SpanKind.SERVER, attributes: requestAttributes(request, route) }
  const span = tracer.startSpan(name, options, callerOf(request, propagator))
  if (span.isRecording()) span.setAttributes(peerAttributes(request))
  return span
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
