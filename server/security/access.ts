import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { RefusalLog } from '../admission/refusal-log.ts'
import { FORBIDDEN, ORIGIN, type Refused, unauthenticated } from '../admission/refusals.ts'
import type { TaskSnapshot, TaskStore } from '../store/store.ts'
import type { RequestTracer } from '../telemetry/request-spans.ts'
import type { OriginCheck } from './origin.ts'
import { mayChange, mayFollow } from './rights.ts'
import type { Identity, TokenCheck } from './tokens.ts'

export interface AccessOptions {
  store: TaskStore
  checkToken: TokenCheck | undefined
  isAllowedOrigin: OriginCheck
  refusals: RefusalLog
  requests: RequestTracer | undefined
}

/** Who may do what with tasks over HTTP. */
export interface Access {
  /** Who asks; undefined where nobody needs a token. */
  identityOf(request: FastifyRequest): Identity | undefined
  /** True when whoever asks may see this task. */
  maySee(request: FastifyRequest, task: TaskSnapshot): boolean
}

/** Holds every route of the instance, those of producers aside, to the origin, the token and the task's owner. */
export function guardTasks(app: FastifyInstance, options: AccessOptions): Access {
  const { store, checkToken, isAllowedOrigin, refusals, requests } = options
  const identities = new WeakMap<FastifyRequest, Identity>()

  function refuse(request: FastifyRequest, reply: FastifyReply, refused: Refused): FastifyReply {
    const { reason, status, text, headers = {} } = refused
    const ids = requests?.ids(request.raw)
    refusals.refused(reason, () => ({ route: request.routeOptions.url, status, text, ...ids }), 'http')
    return reply.code(status).headers(headers).send({ error: reason, text })
  }

  app.addHook('preHandler', async (request, reply) => {
    if (!isAllowedOrigin(request.raw)) return refuse(request, reply, ORIGIN)
    // Producers have a token of their own, which the route checks.
    if (!checkToken || request.routeOptions.url?.endsWith('/events')) return
    const token = await checkToken(request.raw)
    if (!token.ok) return refuse(request, reply, unauthenticated(token))
    identities.set(request, token.identity)
    const { id } = request.params as { id?: string }
    const task = id === undefined ? undefined : await store.read(id)
    const mayDo = request.method === 'GET' || request.method === 'HEAD' ? mayFollow : mayChange
    if (task && !mayDo(token.identity, task)) return refuse(request, reply, FORBIDDEN)
  })
  return {
    identityOf: request => identities.get(request),
    maySee: (request, task) => mayFollow(identities.get(request), task),
  }
}
