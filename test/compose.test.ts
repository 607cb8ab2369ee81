import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { dashboardFiles, ruleFile } from '#dashboards'
import { TOOLS } from '#stack'
import { baseImages, houseProblems, mountsOf, ROOT, rawCompose, readCompose } from './support/compose.ts'
import { lokiSchema, tempoSchema } from './support/telemetry-schemas.ts'

const FILES = ['docker-compose.yml', 'deploy/compose.slack.yml', 'deploy/compose.pagerduty.yml']
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** What the Compose Specification's own schema finds wrong. */
function schemaProblems(file: unknown): string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false })
  const isValid = ajv.compile(JSON.parse(read('test/fixtures/compose/compose-spec.schema.json')))
  return isValid(file)
    ? []
    : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

test.each(FILES)('%s is what the Compose Specification allows', file => {
  expect(schemaProblems(rawCompose(file))).toEqual([])
})

test('the schema refuses a key that Compose does not know', () => {
  const file = rawCompose('docker-compose.yml') as { services: Record<string, object> }
  Object.assign(file.services.redis ?? {}, { memory_limit: '1g' })
  expect(schemaProblems(file).join()).toContain('/services/redis')
})

test('the stack holds the rules of the house', () => {
  const raw = rawCompose('docker-compose.yml')
  const compose = readCompose(raw)
  expect(Object.keys(compose.services).length).toBeGreaterThan(12)
  expect(houseProblems(compose, raw)).toEqual([])
})

test.each<[string, string, object]>([
  ['redis:latest is not pinned', 'redis', { image: 'redis:latest' }],
  ['redis is not pinned', 'redis', { image: 'redis' }],
  ['has no health check', 'grafana', { healthcheck: undefined }],
  ['has no limits', 'loki', { mem_limit: undefined }],
  ['has no limits', 'loki', { cpus: undefined }],
  ['may write to its own files', 'tempo', { read_only: false }],
  ['keeps capabilities', 'proxy', { cap_drop: [] }],
  ['may gain privileges', 'inbox', { security_opt: [] }],
  ['port 9090:9090 is not on loopback', 'prometheus', { ports: ['9090:9090'] }],
  [
    'does not wait until redis is healthy',
    'server-1',
    { depends_on: { redis: { condition: 'service_started' } } },
  ],
  [
    'waits for load, which has no health check',
    'proxy',
    { depends_on: { load: { condition: 'service_healthy' } } },
  ],
  ['may fill the disk with its log', 'tempo', { logging: undefined }],
  ['./deploy/none.yml is not there', 'loki', { volumes: ['./deploy/none.yml:/x:ro'] }],
  ['may write to ./deploy/loki/loki.yaml', 'loki', { volumes: ['./deploy/loki/loki.yaml:/x'] }],
  ['volume data is not declared', 'redis', { volumes: ['data:/data'] }],
  [
    'GF_SECURITY_ADMIN_PASSWORD is in the clear',
    'grafana',
    { environment: { GF_SECURITY_ADMIN_PASSWORD: 'admin' } },
  ],
  ['PETREL_REDIS holds a password', 'server-2', { environment: { PETREL_REDIS: 'redis://:hunter2@redis' } }],
])('the rules catch: %s (%s)', (problem, name, change) => {
  const raw = rawCompose('docker-compose.yml') as { services: Record<string, object> }
  Object.assign(raw.services[name] ?? {}, change)
  const image = (change as { image?: string }).image
  if (image) delete (raw.services[name] as { build?: object }).build
  expect(houseProblems(readCompose(raw), raw)).toContain(`${name}: ${problem}`)
})

test('a secret that somebody must give is asked for, and never has a default', () => {
  for (const file of FILES.slice(1)) {
    const { secrets } = rawCompose(file) as { secrets: Record<string, { file: string }> }
    for (const secret of Object.values(secrets)) expect(secret.file).toMatch(/^\$\{\w+_FILE:\?.+\}$/)
  }
})

test('every variable is explained, with the default that it has', () => {
  const used = FILES.map(read).flatMap(text =>
    [...text.matchAll(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)\}/g)].map(
      ([, name, value = '']) => `${name}=${value}`,
    ),
  )
  const explained = [...read('deploy/compose.env.example').matchAll(/^#(\w+=\S*)$/gm)].map(([, line]) => line)
  expect(explained.toSorted()).toEqual([...new Set(used)].toSorted())
})

test('versions agree with those that the project pins elsewhere', () => {
  const { services } = readCompose(rawCompose('docker-compose.yml'))
  const { version, engines } = JSON.parse(read('package.json')) as {
    version: string
    engines: { node: string }
  }
  const bases = (name: string) => (services[name]?.build ? baseImages(services[name].build) : [])
  expect(services['server-1']?.image).toBe(`petrel:${version}`)
  expect(services.prometheus?.image).toBe(`prom/prometheus:v${TOOLS.prometheus.pinned}`)
  expect(services.alertmanager?.image).toBe(`prom/alertmanager:v${TOOLS.alertmanager.pinned}`)
  expect(bases('server-1')[0]).toContain(`grafana/k6:${TOOLS.k6.pinned}@`)
  expect(bases('server-1').filter(image => image.startsWith('node:24.')).length).toBe(2)
  expect(engines.node).toContain('^24.11')
  const collector = bases('collector').at(-1)?.split(':').at(-1)
  const parts = [...read('test/support/collector/builder.yaml').matchAll(/ v(\S+)$/gm)].map(([, one]) => one)
  expect(new Set(parts)).toEqual(new Set([collector]))
  for (const name of ['collector', 'tempo', 'loki']) {
    expect(services[name]?.image.split(':').at(-1)).toBe(bases(name).at(-1)?.split(':').at(-1))
  }
})

test('rules, routes, data sources and boards are the very files of the catalogue', () => {
  const generated = new Map(dashboardFiles().map(({ path, content }) => [path, content]))
  const { services } = readCompose(rawCompose('docker-compose.yml'))
  const mounts = Object.values(services).flatMap(mountsOf)
  const files = mounts
    .map(({ source }) => source.replace('./', ''))
    .filter(path => path.startsWith('dashboards/'))
  expect(files.toSorted()).toEqual([
    'dashboards/out',
    'dashboards/out/alertmanager/webhook.yml',
    'dashboards/out/grafana/dashboards.yml',
    'dashboards/out/grafana/datasources.yml',
    'dashboards/out/rules/petrel.production.yml',
  ])
  for (const file of files.filter(path => statSync(join(ROOT, path)).isFile())) {
    expect(read(file)).toBe(generated.get(file))
  }
  for (const file of readdirSync(join(ROOT, 'dashboards/out')).filter(name => name.endsWith('.json'))) {
    expect(read(`dashboards/out/${file}`)).toBe(generated.get(`dashboards/out/${file}`))
  }
  // What `petrel demo` and `petrel up` give to Prometheus; their routes tell all at once, to be seen.
  expect(ruleFile('production')).toBe(read('dashboards/out/rules/petrel.production.yml'))
  expect(ruleFile('drill')).toBe(read('dashboards/out/rules/petrel.drill.yml'))
})

test('data sources, targets and exporters lead to services and ports that are there', () => {
  const { services } = readCompose(rawCompose('docker-compose.yml'))
  const texts = [
    'dashboards/out/grafana/datasources.yml',
    'deploy/prometheus/prometheus.yml',
    'deploy/proxy/nginx.conf',
    'deploy/collector/config.yaml',
    'docker-compose.yml',
  ].map(read)
  const named = texts.flatMap(text =>
    [...text.matchAll(/(?:https?:\/\/|redis:\/\/|')([a-z][a-z0-9-]+):\d{4,5}/g)].map(([, host]) => host),
  )
  const expected = [
    'alertmanager',
    'collector',
    'loki',
    'prometheus',
    'proxy',
    'redis',
    'server-1',
    'server-2',
    'tempo',
  ]
  expect([...new Set(named)].toSorted()).toEqual(expected)
  for (const name of named) expect(Object.keys(services)).toContain(name)
})

test('Tempo and Loki get what their documentation knows', () => {
  tempoSchema.parse(parse(read('deploy/tempo/tempo.yaml')))
  lokiSchema.parse(parse(read('deploy/loki/loki.yaml')))
  expect(lokiSchema.safeParse({ ...parse(read('deploy/loki/loki.yaml')), auth: false }).success).toBe(false)
})

test('every file that the image takes is let in by .dockerignore, and is there', () => {
  const allowed = [...read('.dockerignore').matchAll(/^!(\S+)$/gm)].map(([, path]) => path)
  const taken = [...read('deploy/petrel/Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
    ([, paths = '']) => paths.split(' '),
  )
  expect(taken.length).toBeGreaterThan(6)
  for (const path of taken) {
    expect(allowed).toContain(path)
    expect(existsSync(join(ROOT, path))).toBe(true)
  }
})
