import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { METRICS, type Metric } from '#catalog'
import { onFreePort, temporaryFolder } from '#stack'
import { startService } from '../../src/stack/prometheus.ts'
import { requireTool } from '../../test/support/require-tool.ts'
import { startTestServer } from '../testing.ts'
import { recordTraces } from './testing.ts'

const OPEN_METRICS = { Accept: 'application/openmetrics-text' }
const EXEMPLAR =
  /^(\w+)_bucket\{.*?\} \d+ # \{trace_id="(\w{32})",span_id="(\w{16})"\} ([\d.e-]+) ([\d.]+)$/gm

test('a bucket names a trace that fell into it, in OpenMetrics alone', async () => {
  const traces = recordTraces()
  await using server = await startTestServer({}, traces.tracing)
  await server.open(await server.createTask()).closed
  await traces.ended('websocket session')
  const text = await (await fetch(server.metricsUrl, { headers: OPEN_METRICS })).text()
  const exemplars = [...text.matchAll(EXEMPLAR)].map(([, metric, traceId, spanId, value, at]) => ({
    metric,
    traceId,
    spanId,
    value: Number(value),
    at: Number(at),
  }))
  const metrics = new Set(exemplars.map(({ metric }) => metric))
  for (const { name } of [
    METRICS.wsHandshakeSeconds,
    METRICS.wsFirstMessageSeconds,
    METRICS.wsSessionSeconds,
    METRICS.wsDeliveryLagSeconds,
  ]) {
    expect(metrics).toContain(name)
  }
  // Every one of them is a span that was exported.
  const known = new Set(traces.all().map(span => span.spanContext().spanId))
  for (const { spanId, at, value } of exemplars) {
    expect(known).toContain(spanId)
    expect(Math.abs(Date.now() / 1_000 - at)).toBeLessThan(60)
    expect(value).toBeGreaterThanOrEqual(0)
  }
  const [handshake] = traces.named('GET /api/v1/ws/{taskId}')
  const lasted = exemplars.find(({ metric }) => metric === METRICS.wsSessionSeconds.name)
  expect(lasted?.traceId).toBe(handshake?.spanContext().traceId)

  const plain = await (await fetch(server.metricsUrl)).text()
  expect(plain).not.toContain('trace_id')
})

test('without tracing no bucket has an exemplar', async () => {
  await using server = await startTestServer()
  await server.open(await server.createTask()).closed
  const text = await (await fetch(server.metricsUrl, { headers: OPEN_METRICS })).text()
  expect(text).toContain('ws_session_seconds_bucket')
  expect(text).not.toContain(' # {')
})

test('promtool finds nothing to say about the metrics', async () => {
  const promtool = await requireTool('promtool')
  await using server = await startTestServer()
  await server.open(await server.createTask()).closed
  const input = await (await fetch(server.metricsUrl)).text()
  const { exitCode, all } = await execa(promtool, ['check', 'metrics'], { input, all: true, reject: false })
  expect({ exitCode, all }).toEqual({ exitCode: 0, all: '' })
})

test('Prometheus scrapes OpenMetrics from a traced server: all series, and the exemplars', async () => {
  const prometheus = await requireTool('prometheus')
  const traces = recordTraces()
  await using folder = await temporaryFolder('exemplars')
  await using server = await startTestServer({}, traces.tracing)
  const config = join(folder.path, 'prometheus.yml')
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '500ms' },
      scrape_configs: [
        { job_name: 'petrel', static_configs: [{ targets: [new URL(server.metricsUrl).host] }] },
      ],
    }),
  )
  const { signal } = new AbortController()
  await using service = await onFreePort(port =>
    startService('Prometheus', port, '/-/ready', prometheus, folder.path, signal, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ]),
  )
  await server.open(await server.createTask()).closed
  const [handshake] = await traces.ended('GET /api/v1/ws/{taskId}')
  const ask = async (path: string): Promise<unknown[]> => {
    const response = await fetch(`${service.url}/api/v1/${path}`)
    const { data } = (await response.json()) as { data: unknown[] | { result: unknown[] } }
    return Array.isArray(data) ? data : data.result
  }
  const query = new URLSearchParams({
    query: 'ws_session_seconds_bucket',
    start: String(Date.now() / 1_000 - 300),
    end: String(Date.now() / 1_000 + 300),
  })
  const exemplars = async () => JSON.stringify(await ask(`query_exemplars?${query}`))
  await expect.poll(exemplars, { timeout: 20_000 }).toContain(handshake?.spanContext().traceId)

  expect(await ask(`query?${new URLSearchParams({ query: 'up' })}`)).toMatchObject([
    { value: [expect.anything(), '1'] },
  ])
  const names = new Set(await ask('label/__name__/values'))
  for (const { name, type } of Object.values(METRICS) as readonly unknown[] as readonly Metric[]) {
    expect(names).toContain(type === 'histogram' ? `${name}_bucket` : name)
  }
})
