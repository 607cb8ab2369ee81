import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withScope } from '#core'
import { type PrometheusClient, prometheusClient } from '#run'
import { startPrometheus, temporaryFolder } from '#stack'
import { requireTool } from '../../../test/support/require-tool.ts'
import { openAsBlocks, openMetrics, RECORDING_FLAGS } from './block.ts'
import type { Recording } from './recording.ts'
import { readRecording } from './recording-file.ts'
import { sampleRecording } from './sample.ts'

const FLAPPING = new URL(
  '../../../docs/runbooks/incidents/incident-flapping.recording.json.gz',
  import.meta.url,
).pathname

const opened = (recording: Recording, look: (client: PrometheusClient) => Promise<void>) =>
  withScope(async scope => {
    const { signal } = new AbortController()
    const folder = scope.use(await temporaryFolder('block-test')).path
    const promtool = { path: await requireTool('promtool') }
    await openAsBlocks(recording, { promtool, folder, dataFolder: join(folder, 'prometheus-data'), signal })
    const path = await requireTool('prometheus')
    const flags = [...RECORDING_FLAGS]
    const service = scope.use(
      await startPrometheus({ path, folder, jobs: [], ruleFiles: [], interval: '1s', flags, signal }),
    )
    await look(prometheusClient(service.url, signal))
  })

test('a recording opens in a Prometheus, at the times at which it was recorded', async () => {
  const recording = sampleRecording({ startsAt: Date.UTC(2020, 1, 1) })
  await opened(recording, async client => {
    const end = recording.startsAt + 60_000
    const series = await client.query('ws_handshakes_total{outcome="refused"}[20s]', end)
    expect(series).toHaveLength(1)
    expect(series[0]?.labels).toMatchObject({ job: 'web', route: 'a"b\\c\nd' })
    expect(series[0]?.points.at(-1)).toEqual([end, 200])
  })
})

test('its alerts fire and let go as they did, and what k6 saw is there too', async () => {
  const recording = await readRecording(FLAPPING)
  await opened(recording, async client => {
    const firing = async (seconds: number) => {
      const at = recording.fault.from + seconds * 1_000
      const series = await client.query('ALERTS{alertstate="firing",alertname="WsFlapping"}', at)
      return series.length
    }
    expect(await Promise.all([-5, 10, 50].map(firing))).toEqual([0, 1, 0])
    const attempts = await client.query('sum(k6_petrel_attempts_total)', recording.fault.to)
    expect(attempts[0]?.points[0]?.[1]).toBeGreaterThan(100)
  })
})

test('what was not scraped is no sample', () => {
  const series = [{ name: 'a', labels: { job: 'web' }, values: [1, null, 'stale' as const, 'NaN' as const] }]
  const lines = [...openMetrics(sampleRecording({ series, startsAt: 10_000 }))]
  expect(lines).toEqual(['a{job="web"} 1 10.000\n', 'a{job="web"} NaN 13.000\n', '# EOF\n'])
})
