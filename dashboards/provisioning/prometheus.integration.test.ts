import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { checkedBy, inFolder } from '../../test/support/promtool.ts'
import { dashboardFiles } from '../generated.ts'

test('promtool takes the configuration, with the rules where it looks for them', async () => {
  await inFolder(async folder => {
    for (const { path, content } of dashboardFiles()) {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
    }
    const { ok, text } = await checkedBy('promtool', [
      'check',
      'config',
      join(folder, 'dashboards/out/prometheus.yml'),
    ])
    expect(text).toMatch(/SUCCESS: \d+ rules found/)
    expect(ok).toBe(true)
  })
})
