import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

test('the built package is imported by its name, without TypeScript, and measures; its types are there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-package-'))
  try {
    const installed = join(folder, 'node_modules/petrel')
    mkdirSync(installed, { recursive: true })
    cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'))
    for (const name of ['ws', 'prom-client', 'lru-cache', 'zod', '@types', 'typescript']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
    }
    const tsdown = join(ROOT, 'node_modules/tsdown/dist/run.mjs')
    await run(process.execPath, [tsdown, '--out-dir', join(installed, 'dist')], { cwd: ROOT })

    writeFileSync(
      join(folder, 'use.mts'),
      `import { createServer } from 'node:http'
import { instrument, type Meter } from 'petrel/instrument'
import { predictDetection } from 'petrel/slo'
import { WebSocketServer } from 'ws'
const wss = new WebSocketServer({ noServer: true })
const meter: Meter = instrument({ http: createServer(), wss, routes: ['/chat/{room}'] })
console.log((await meter.register.metrics()).includes('route="/chat/{room}"'), typeof predictDetection)
`,
    )
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
    const flags = [
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--strict',
      '--types',
      'node',
      '--skipLibCheck',
    ]
    await run(process.execPath, [compiler, ...flags, 'use.mts'], { cwd: folder })
    const { stdout } = await run(process.execPath, ['use.mjs'], { cwd: folder })
    expect(stdout).toBe('true function\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
