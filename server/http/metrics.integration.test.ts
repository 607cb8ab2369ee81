import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { METRICS, RUNTIME_METRICS } from '#catalog'
import { startTestServer } from '../testing.ts'

const OPEN_METRICS = { Accept: 'application/openmetrics-text;version=1.0.0;q=0.75,text/plain;q=0.25' }

test('a server exposes the metrics that the reference lists, of the process too, and no others', async () => {
  await using server = await startTestServer()
  const text = await (await fetch(server.metricsUrl)).text()
  const exposed = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
  const listed = [...Object.values(METRICS), ...RUNTIME_METRICS].map(({ name, type }) => `${name} ${type}`)
  expect(exposed.toSorted()).toEqual(listed.toSorted())
})

test('it says what runs, how many descriptors there are, and how busy the loop was', async () => {
  await using server = await startTestServer()
  const samples = await server.metrics()
  const version = `node_version="${process.versions.node}"`
  const build = [...samples.keys()].find(key => key.startsWith('petrel_build_info{'))
  expect(build).toContain(version)
  expect(samples.get('process_open_fds')).toBeGreaterThan(0)
  expect(samples.get('process_max_fds')).toBeGreaterThan(samples.get('process_open_fds') ?? 0)
  // Not a number until the loop's delay was sampled for the first time.
  const lag = async () => (await server.metrics()).get('nodejs_eventloop_lag_p99_seconds')
  await expect.poll(lag).toBeGreaterThanOrEqual(0)

  const until = performance.now() + 300
  while (performance.now() < until) JSON.stringify(process.memoryUsage())
  const busy = (await server.metrics()).get('nodejs_eventloop_utilization_ratio') ?? 0
  expect(busy).toBeGreaterThan(0.5)
  expect(busy).toBeLessThanOrEqual(1)
})

test('who accepts OpenMetrics gets it, with the same samples, and who does not is not disturbed by that', async () => {
  await using server = await startTestServer()
  const first = await (await fetch(server.metricsUrl)).text()
  const response = await fetch(server.metricsUrl, { headers: OPEN_METRICS })
  expect(response.headers.get('Content-Type')).toContain('application/openmetrics-text; version=1.0.0')
  const open = await response.text()
  expect(open).toMatch(/# EOF\n$/)
  expect(open).toContain('# TYPE ws_handshakes counter\n')
  expect(open).toContain('ws_handshakes_total{')
  const seriesOf = (text: string) =>
    [...text.matchAll(/^(?!#)(\S+?(?:\{.*?\})?) \S+( # .*)?$/gm)].map(([, series]) => series)
  const own = (series: string | undefined) => series?.startsWith('ws_') || series?.startsWith('task_')
  expect(seriesOf(open).filter(own)).toEqual(seriesOf(first).filter(own))
  const again = await (await fetch(server.metricsUrl)).text()
  expect(seriesOf(again).filter(own)).toEqual(seriesOf(first).filter(own))
})

test('with a port of their own the metrics are there, on loopback, and nowhere else', async () => {
  await using server = await startTestServer({ metricsPort: 0 })
  expect(new URL(server.metricsUrl).hostname).toBe('127.0.0.1')
  expect(new URL(server.metricsUrl).port).not.toBe(String(server.port))
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
  expect((await fetch(server.metricsUrl)).status).toBe(200)
  const { origin } = new URL(server.metricsUrl)
  expect((await fetch(`${origin}/api/v1/tasks`)).status).toBe(404)
  expect((await fetch(server.metricsUrl, { method: 'POST' })).status).toBe(404)

  await server.stop()
  const refused = Promise.withResolvers<string>()
  connect(Number(new URL(server.metricsUrl).port), '127.0.0.1').on('error', error =>
    refused.resolve((error as NodeJS.ErrnoException).code ?? ''),
  )
  expect(await refused.promise).toBe('ECONNREFUSED')
})

test('a taken port of the metrics is named, and nothing else listens then', async () => {
  await using other = await startTestServer({ metricsPort: 0 })
  const taken = Number(new URL(other.metricsUrl).port)
  await expect(startTestServer({ metricsPort: taken })).rejects.toMatchObject({
    code: 'port_busy',
    message: expect.stringContaining(String(taken)),
  })
})
