import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withScope } from '#core'
import { prometheusClient } from '#run'
import { startPrometheus, temporaryFolder } from '#stack'
import { requireTool } from '../../../test/support/require-tool.ts'
import { openAsBlocks, openMetrics } from './block.ts'
import { sampleRecording } from './sample.ts'

test('a recording opens in a Prometheus, at the times at which it was recorded', async () => {
  const { signal } = new AbortController()
  await withScope(async scope => {
    const folder = scope.use(await temporaryFolder('block-test')).path
    const recording = sampleRecording()
    const promtool = { path: await requireTool('promtool') }
    const dataFolder = join(folder, 'prometheus-data')
    await openAsBlocks(recording, { promtool, folder, dataFolder, signal })
    const path = await requireTool('prometheus')
    const service = scope.use(
      await startPrometheus({ path, folder, jobs: [], ruleFiles: [], interval: '1s', signal }),
    )
    const client = prometheusClient(service.url, signal)
    const { fault, startsAt } = recording
    const series = await client.query('ws_handshakes_total{outcome="refused"}[20s]', fault.to)
    expect(series).toHaveLength(1)
    expect(series[0]?.labels).toMatchObject({ job: 'web', route: 'a"b\\c\nd' })
    const [time, value] = series[0]?.points.at(-1) ?? []
    expect([time, value]).toEqual([fault.to, 200])
    expect((series[0]?.points[0]?.[0] ?? 0) >= startsAt).toBe(true)
  })
})

test('what was not scraped is no sample', () => {
  const series = [{ name: 'a', labels: { job: 'web' }, values: [1, null, 'stale' as const, 'NaN' as const] }]
  const lines = [...openMetrics(sampleRecording({ series, startsAt: 10_000 }))]
  expect(lines).toEqual(['a{job="web"} 1 10.000\n', 'a{job="web"} NaN 13.000\n', '# EOF\n'])
})
