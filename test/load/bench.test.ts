import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { BENCHES } from '../../bench/benches/index.ts'
import type { BenchRecord } from '../../bench/lib/result.ts'
import { startCommand } from '../support/command.ts'
import { requireTool } from '../support/require-tool.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const command = [process.execPath, resolve(ROOT, 'bench/main.ts')]

test('every bench runs from end to end with tiny numbers, writes what it found, and leaves nothing behind', async () => {
  await requireTool('redis-server')
  using run = startCommand(['--quick'], { command })
  expect(await run.exited, run.err()).toBe(0)
  for (const { name, title } of BENCHES) {
    expect(run.out()).toContain(`${name} — ${title}`)
    const file = resolve(ROOT, 'out', 'bench', 'quick', `${name}.json`)
    const record = JSON.parse(readFileSync(file, 'utf8')) as BenchRecord
    expect(record.claims.length, name).toBeGreaterThan(0)
    expect(record.figures.length, name).toBeGreaterThan(0)
    for (const { what, value } of [...record.claims, ...record.figures]) {
      expect(value.median, `${name}: ${what}`).toBeTypeOf('number')
      expect(value.samples.length, `${name}: ${what}`).toBeGreaterThan(0)
    }
  }
  expect(run.started().size).toBeGreaterThan(2 * BENCHES.length)
  expect(run.left()).toEqual([])
  expect(run.leftFiles()).toEqual([])
}, 300_000)

test('Ctrl-C ends it at once, with all that it had started', async () => {
  using run = startCommand(['--quick', '--only', 'latency'], { command })
  await expect.poll(() => run.started().size, { timeout: 30_000 }).toBeGreaterThanOrEqual(3)
  run.signal('SIGINT')
  expect(await run.exited).toBe(130)
  expect(run.left()).toEqual([])
  expect(run.leftFiles()).toEqual([])
}, 60_000)
