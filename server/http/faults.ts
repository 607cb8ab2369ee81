import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { PetrelError } from '#core'
import type { Faults } from '../faults/index.ts'
import { type Logger, outside } from '../log.ts'

/** Body of `PUT /debug/faults/{name}`. */
const switchRequest = z.strictObject({ variant: z.string().max(50) })

export interface FaultRouteContext {
  faults: Faults
  /** Whether switches may be changed while the server runs. */
  faultControl: boolean
  log: Logger
}

/** What the switches stand on, for everybody; changing them is for programs on this machine, where it was allowed. */
export function addFaultRoutes(app: FastifyInstance, { faults, faultControl, log }: FaultRouteContext): void {
  app.get('/debug/faults', () => faults.list())

  app.put<{ Params: { name: string } }>('/debug/faults/:name', async (request, reply) => {
    const { name } = request.params
    const why = refusalOf(request, faultControl)
    if (why) {
      log.warn({ fault: outside(name), peer: request.socket.remoteAddress, reason: why }, 'fault_refused')
      return reply.code(403).send({ error: 'forbidden', text: why })
    }
    const before = faults.list().find(one => one.name === name)
    if (!before)
      return reply.code(404).send({ error: 'fault_unknown', text: 'there is no such fault switch' })
    const body = switchRequest.safeParse(request.body)
    if (!body.success) {
      return reply
        .code(400)
        .send({ error: 'bad_request', text: 'the body is {"variant": "…"}, and nothing else' })
    }
    try {
      const after = await faults.set(name, body.data.variant)
      log.warn({ fault: name, from: before.variant, to: after.variant }, 'fault_switched')
      return after
    } catch (error) {
      if (!(error instanceof PetrelError)) throw error
      return reply.code(400).send({ error: error.code, text: `it can be ${before.variants.join(', ')}` })
    }
  })
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/

/** Why this request may change nothing; undefined when it may. */
function refusalOf({ socket, headers }: FastifyRequest, faultControl: boolean): string | undefined {
  if (!faultControl) return 'the server was not started with --fault-control loopback'
  if (!LOOPBACK.test(socket.remoteAddress ?? '')) return 'only programs on this machine may change a switch'
  // A proxy on this machine makes everybody look like it.
  if (headers['x-forwarded-for'] ?? headers.forwarded) return 'the request came through a proxy'
  // Any page in a browser on this machine can reach a loopback port, and always says where it is from.
  if (headers.origin !== undefined) return 'a page in a browser may not change a switch'
  return undefined
}
