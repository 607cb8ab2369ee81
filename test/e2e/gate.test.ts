import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startCommand } from '../support/command.ts'
import { requireTool } from '../support/require-tool.ts'

test('Ctrl-C during a gate: 130, a partial report that says so, and nothing is left', async () => {
  await requireTool('k6')
  const folder = mkdtempSync(join(tmpdir(), 'petrel-gate-'))
  try {
    using gate = startCommand(['gate', 'healthy', 'wrong-path', '--out', folder])
    await gate.says('1 of 2: healthy')
    gate.signal('SIGINT')
    expect(await gate.exited).toBe(130)
    expect(readdirSync(folder).toSorted()).toEqual(['junit.xml', 'report.html', 'result.json', 'summary.md'])
    expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toMatchObject({
      partial: true,
      exitCode: 130,
      notRun: ['healthy', 'wrong-path'],
    })
    expect(gate.out()).toContain('this report is partial')
    expect(gate.left()).toEqual([])
    expect(gate.leftFiles()).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
