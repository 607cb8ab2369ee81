import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

export const ROOT = resolve(import.meta.dirname, '..', '..')

const serviceSchema = z.looseObject({
  image: z.string(),
  build: z
    .looseObject({
      context: z.string(),
      dockerfile: z.string().default('Dockerfile'),
      args: z.record(z.string(), z.string()).default({}),
    })
    .optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  networks: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).default([]),
  network_mode: z.string().optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  restart: z.string(),
  profiles: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  privileged: z.boolean().default(false),
  mem_limit: z.string().optional(),
  cpus: z.number().optional(),
  pids_limit: z.number().optional(),
  logging: z.looseObject({ driver: z.string(), options: z.record(z.string(), z.string()) }).optional(),
})
export type ComposeService = z.infer<typeof serviceSchema>

const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })).default({}),
  volumes: z.record(z.string(), z.unknown()).default({}),
})
export type Compose = z.infer<typeof composeSchema>

/** The file as YAML reads it, merges done; variables stand as they are written. */
export const rawCompose = (file: string): unknown =>
  parse(readFileSync(join(ROOT, file), 'utf8'), { merge: true })

/** The file as Compose sees it where no variable is set: each has its default. */
export const readCompose = (raw: unknown): Compose => composeSchema.parse(withDefaults(raw))

function withDefaults(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
  if (Array.isArray(value)) return value.map(withDefaults)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withDefaults(one)]))
}

export interface Mount {
  /** A file or folder of the project, or the name of a volume. */
  source: string
  target: string
  readOnly: boolean
  isVolume: boolean
}

export function mountsOf({ volumes }: ComposeService): Mount[] {
  return volumes.map(text => {
    const [source = '', target = '', mode = 'rw'] = text.split(':')
    return { source, target, readOnly: mode === 'ro', isVolume: !/^[./]/.test(source) }
  })
}

/** Images that a build begins with, as its Dockerfile names them, with its arguments put in. */
export function baseImages({ context, dockerfile, args }: NonNullable<ComposeService['build']>): string[] {
  const text = readFileSync(join(ROOT, dockerfileOf({ context, dockerfile })), 'utf8')
  const stages = [...text.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name)
  return [...text.matchAll(/^FROM (\S+)/gm)]
    .map(([, image = '']) => image.replace(/\$\{(\w+)\}/g, (_, name) => args[name] ?? ''))
    .filter(image => !stages.includes(image))
}

/** Relative to the context where that is the project, as Compose has it. */
export const dockerfileOf = ({ context, dockerfile }: { context: string; dockerfile: string }) =>
  join(context, dockerfile)

const isPinned = (image: string) =>
  /:[\w.-]*\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/.test(image) && !/:latest\b/.test(image)
const SECRET = /PASSWORD|SECRET|TOKEN|CREDENTIAL|API_KEY/
/** These hold no secret though they are called so. */
const NO_SECRET = ['GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION']

/** What the stack's own rules forbid, one sentence each: the file must hold all of them. */
export function houseProblems(compose: Compose, raw: unknown): string[] {
  const problems: string[] = []
  const written = (raw as { services: Record<string, { environment?: Record<string, unknown> }> }).services
  for (const [name, service] of Object.entries(compose.services)) {
    const say = (what: string) => problems.push(`${name}: ${what}`)
    const images = service.build ? baseImages(service.build) : [service.image]
    for (const image of images) if (!isPinned(image)) say(`${image} is not pinned`)
    // One that ends by itself has nothing to be healthy for.
    if (!service.healthcheck && service.restart !== 'no') say('has no health check')
    if (!service.mem_limit || !service.cpus || !service.pids_limit) say('has no limits')
    if (!service.read_only) say('may write to its own files')
    if (service.privileged || !service.cap_drop.includes('ALL')) say('keeps capabilities')
    if (!service.security_opt.includes('no-new-privileges:true')) say('may gain privileges')
    for (const port of service.ports)
      if (!port.startsWith('127.0.0.1:')) say(`port ${port} is not on loopback`)
    if (service.network_mode === 'host') say('is on the network of the machine')
    for (const [other, { condition }] of Object.entries(service.depends_on)) {
      if (!compose.services[other]?.healthcheck) say(`waits for ${other}, which has no health check`)
      if (condition !== 'service_healthy') say(`does not wait until ${other} is healthy`)
    }
    if (!isBounded(service)) say('may fill the disk with its log')
    for (const mount of mountsOf(service)) {
      if (mount.isVolume) {
        if (!(mount.source in compose.volumes)) say(`volume ${mount.source} is not declared`)
      } else if (!existsSync(join(ROOT, mount.source))) say(`${mount.source} is not there`)
      else if (!mount.readOnly) say(`may write to ${mount.source}`)
    }
    for (const [variable, value] of Object.entries(written[name]?.environment ?? {})) {
      const isGiven = /^\$\{\w+(:-|:\?[^}]*)\}$/.test(String(value))
      if (SECRET.test(variable) && !NO_SECRET.includes(variable) && !isGiven)
        say(`${variable} is in the clear`)
      if (/:\/\/[^/@\s]*:[^/@\s]+@/.test(String(value))) say(`${variable} holds a password`)
    }
  }
  return problems
}

function isBounded({ logging }: ComposeService): boolean {
  if (logging?.driver === 'fluentd') return logging.options['fluentd-async'] === 'true'
  return logging?.driver === 'json-file' && logging.options['max-size'] !== undefined
}
