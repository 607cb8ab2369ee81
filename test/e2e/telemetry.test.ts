import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { streamPath, TASKS_PATH } from '#protocol'
import { startCommand } from '../support/command.ts'

/** Prints which of OpenTelemetry's packages are loaded, by `import` or `require`. */
const WATCH_IMPORTS = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('@opentelemetry/sdk-node')) process.stderr.write('loads ' + specifier + '\\n')
      return next(specifier, context)
    },
  })`)}`

const TOKEN = 'a-token-of-the-producer'

interface OtlpSpan {
  name: string
  kind: number
  traceId: string
  attributes: { key: string; value: Record<string, unknown> }[]
}

/** A collector that takes OTLP over HTTP, as JSON. */
async function startCollector() {
  const spans: OtlpSpan[] = []
  const services = new Set<unknown>()
  const requests: string[] = []
  const server = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers['content-type']}`)
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'))
    for (const { resource, scopeSpans } of body.resourceSpans) {
      for (const { key, value } of resource.attributes) {
        if (key === 'service.name') services.add(value.stringValue)
      }
      for (const scope of scopeSpans) spans.push(...scope.spans)
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    services,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(closed => server.close(closed))
    },
  }
}

async function startServe(env: Record<string, string>) {
  const run = startCommand(['serve', '--port', '0', '--shutdown-grace', '2s'], {
    env: { NODE_OPTIONS: `--import=${WATCH_IMPORTS}`, PETREL_PRODUCER_TOKEN: TOKEN, ...env },
  })
  await run.says('server_listening')
  return { run, url: /"url":"(http:[^"]+)"/.exec(run.out())?.[1] ?? '' }
}

/** Follows a task while it goes on, and to its end. */
async function useServer(url: string): Promise<string> {
  const post = (path: string, body: object) =>
    fetch(url + TASKS_PATH + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(body),
    })
  const created = await post('', { kind: 'roadmap_generation', work: 'external' })
  const { task_id } = (await created.json()) as { task_id: string }
  const ws = new WebSocket(url.replace('http', 'ws') + streamPath(task_id))
  const closed = once(ws, 'close')
  const caughtUp = new Promise<void>(done =>
    ws.on('message', data => {
      if (JSON.parse(String(data)).type === 'current_status') done()
    }),
  )
  await caughtUp
  expect((await post(`/${task_id}/events`, { type: 'completed' })).status).toBe(202)
  expect((await closed)[0]).toBe(1000)
  return task_id
}

test('with an endpoint the spans arrive there, at the latest with the stop', async () => {
  await using collector = await startCollector()
  const { run, url } = await startServe({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_SERVICE_NAME: 'progress',
    // Longer than the test: what arrives was flushed by the stop.
    OTEL_BSP_SCHEDULE_DELAY: '600000',
  })
  using _ = run
  expect(run.err()).toContain('loads @opentelemetry/sdk-node')
  const taskId = await useServer(url)
  expect(collector.spans).toEqual([])
  run.signal('SIGTERM')
  expect(await run.exited).toBe(0)
  expect(collector.requests).toEqual(expect.arrayContaining(['POST /v1/traces application/json']))
  expect(new Set(collector.requests).size).toBe(1)
  expect([...collector.services]).toEqual(['progress'])
  const names = new Set(collector.spans.map(({ name }) => name))
  expect([...names].toSorted()).toEqual([
    'GET /api/v1/ws/{taskId}',
    'POST /api/v1/tasks',
    'POST /api/v1/tasks/:id/events',
    'process task events',
    'publish task events',
    'websocket session',
  ])
  expect(JSON.stringify(collector.spans)).toContain(taskId)
  const handshake = collector.spans.find(({ name }) => name === 'GET /api/v1/ws/{taskId}')
  expect(run.out()).toContain(`"trace_id":"${handshake?.traceId}"`)
})

test.each([
  ['no variable', {}],
  ['the exporter none', { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }],
  ['a disabled SDK', { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }],
])('with %s nothing of the SDK is loaded, and no line has a trace', async (_, env) => {
  const { run, url } = await startServe(env)
  using _run = run
  await useServer(url)
  run.signal('SIGTERM')
  expect(await run.exited).toBe(0)
  expect(run.err()).not.toContain('loads @opentelemetry')
  expect(run.out()).not.toContain('trace_id')
})

test('a collector that takes connections and never answers holds up neither the server nor its stop', async () => {
  const sockets = new Set<Socket>()
  const asked = Promise.withResolvers<void>()
  const silent = createTcpServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', () => asked.resolve())
  })
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  try {
    const { run, url } = await startServe({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      // Left to itself the exporter would wait for ten minutes.
      OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
      OTEL_BSP_EXPORT_TIMEOUT: '600000',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    })
    using _ = run
    await useServer(url)
    await asked.promise
    await useServer(url)
    run.signal('SIGTERM')
    expect(await run.exited).toBe(0)
    expect(run.out()).toContain('telemetry_flush_failed')
    expect(run.out()).toContain('server_stopped')
  } finally {
    for (const socket of sockets) socket.destroy()
    silent.close()
  }
})

test('a collector that is not there costs a line, and nothing else', async () => {
  const { run, url } = await startServe({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  })
  using _ = run
  await useServer(url)
  await run.says('"reason":"connect ECONNREFUSED 127.0.0.1:1","msg":"telemetry_problem"')
  await useServer(url)
  run.signal('SIGTERM')
  expect(await run.exited).toBe(0)
})

test('an exporter that there is not: exit 2, and nothing listens', async () => {
  using run = startCommand(['serve', '--port', '0'], { env: { OTEL_TRACES_EXPORTER: 'jaeger' } })
  expect(await run.exited).toBe(2)
  expect(run.err()).toContain('OTEL_TRACES_EXPORTER "jaeger" is no exporter: it takes otlp, console, none')
  expect(run.out()).toBe('')
})
