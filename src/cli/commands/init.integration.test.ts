import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { startTestServer } from '../../../server/testing.ts'
import { transcript } from '../testing.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})
function newFolder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'petrel-init-')))
  return folders.at(-1) ?? ''
}

const init = (folder: string, ...argv: string[]) => transcript(['init', ...argv], { cwd: folder })

test.concurrent('the reference server: its address and its metrics; what is there is not written over without --force', async () => {
  await using server = await startTestServer()
  const folder = newFolder()
  const written = () => readFileSync(join(folder, 'petrel.yaml'), 'utf8')
  expect(await init(folder, server.url)).toMatchObject({
    code: 0,
    out: 'petrel.yaml\n.github/workflows/petrel.yml\n',
  })
  expect(written()).toContain(`metrics: "${server.url}/metrics"`)
  expect(written()).toMatch(/^# +good +right path +101/m)
  writeFileSync(join(folder, 'petrel.yaml'), 'mine')
  const again = await init(folder, server.url)
  expect(again.code).toBe(2)
  expect(again.err).toContain('petrel.yaml is there already; nothing was written (file_exists)')
  expect(written()).toBe('mine')
  expect((await init(folder, server.url, '--force')).code).toBe(0)
  expect(written()).toContain('scenarios:')
})

test.concurrent('where nothing streams nothing is written: a wrong path, no task in it, metrics of somebody else', async () => {
  const folder = newFolder()
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/live' })
  await once(server, 'listening')
  try {
    const at = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const [wrong, bare, unmeasured, dead] = await Promise.all([
      init(folder, `ws://${at}`),
      init(folder, `ws://${at}/live`),
      init(folder, `ws://${at}/live?task={taskId}`, '--metrics', `http://${at}/metrics`),
      init(folder, 'http://127.0.0.1:1'),
    ])
    expect([wrong.code, bare.code, unmeasured.code, dead.code]).toEqual([3, 2, 3, 3])
    expect(wrong.err).toContain(`no stream opens at http://${at}/api/v1/ws/{taskId}: 400`)
    expect(bare.err).toContain('the path "/live" has no task id')
    expect(existsSync(join(folder, 'petrel.yaml'))).toBe(false)
  } finally {
    for (const client of server.clients) client.terminate()
    server.close()
  }
})
