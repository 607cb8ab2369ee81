import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { streamPath, TASKS_PATH } from '#protocol'
import { startCommand } from '../support/command.ts'

/** `petrel serve` on a free port, listening. */
async function startServe(...args: string[]) {
  const run = startCommand(['serve', '--port', '0', ...args])
  await run.says('server_listening')
  const url = /"url":"(http:[^"]+)"/.exec(run.out())?.[1] ?? ''
  return { run, url }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: streams are closed with 1001, exit 0, and in time',
  async signal => {
    const { run, url } = await startServe('--shutdown-grace', '2s')
    using _ = run
    const created = await fetch(url + TASKS_PATH, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"kind":"batch","pace_ms":60000}',
    })
    const { task_id } = (await created.json()) as { task_id: string }
    const ws = new WebSocket(url.replace('http', 'ws') + streamPath(task_id))
    await once(ws, 'message')
    const closed = once(ws, 'close')
    run.signal(signal)
    expect((await closed)[0]).toBe(1001)
    expect(await run.exited).toBe(0)
    expect(run.out()).toContain('server_stopped')
    expect(run.left()).toEqual([])
  },
)

test('a log collector that ends takes no stream with it', async () => {
  const { run, url } = await startServe()
  using _ = run
  run.stopReading()
  const create = () =>
    fetch(url + TASKS_PATH, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"kind":"batch","pace_ms":60000}',
    })
  // Each writes a line of the log, to nobody.
  for (let time = 0; time < 5; time++) {
    const { task_id } = (await (await create()).json()) as { task_id: string }
    const ws = new WebSocket(url.replace('http', 'ws') + streamPath(task_id))
    await once(ws, 'message')
    ws.close()
    await once(ws, 'close')
  }
  run.signal('SIGTERM')
  expect(await run.exited).toBe(0)
  expect(run.left()).toEqual([])
})

test('a port that is taken: exit 3, the port and what to do', async () => {
  const other = createServer()
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  try {
    using run = startCommand(['serve', '--port', String(port)])
    expect(await run.exited).toBe(3)
    expect(run.err()).toContain(`port ${port} of 127.0.0.1 is taken (port_busy)`)
    expect(run.err()).toContain('--port 0')
  } finally {
    other.close()
  }
})

test.each([
  ['is no JSON', '{'],
  ['is of another shape', '{"send-in-catch": true}'],
])('a faults file that %s: exit 2, and nothing listens', async (_, content) => {
  await withFile(content, async folder => {
    using run = startCommand(['serve', '--port', '0', '--faults-file', 'faults.json'], { cwd: folder })
    expect(await run.exited).toBe(2)
    expect(run.err()).toContain('the faults file faults.json cannot be read')
    expect(run.err()).toContain('(config_unreadable)')
    expect(run.out()).toBe('')
  })
})

test('faults from a file are on', async () => {
  await withFile('{"send-in-catch": "on"}', async folder => {
    const { run, url } = await startServe('--faults-file', join(folder, 'faults.json'))
    using _ = run
    const faults = await (await fetch(`${url}/debug/faults`)).json()
    expect(faults).toContainEqual(expect.objectContaining({ name: 'send-in-catch', variant: 'on' }))
    run.signal('SIGTERM')
    expect(await run.exited).toBe(0)
  })
})

async function withFile(content: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-serve-'))
  writeFileSync(join(folder, 'faults.json'), content)
  try {
    await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
