import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { startTestServer } from '../../../server/testing.ts'
import { transcript } from '../testing.ts'

const check = (...argv: string[]) => transcript(['check', ...argv])

test.concurrent('a server that does well: exit 0, a table, the path with its template', async () => {
  await using server = await startTestServer()
  const { code, out, err } = await check(server.url)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^ok {2}right path +\/api\/v1\/ws\/\{taskId\}/m)
  expect(out).toContain('nothing that would harm clients; a task was created for it')
})

test.concurrent('a server that harms clients: exit 1, and every hostile text made harmless', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  server.on('connection', ws => ws.close(1011, '\u001b[31mgone\r\nok'))
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const { code, out } = await check(`ws://127.0.0.1:${port}`, '--path', '/ws/{taskId}', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ schema: 'petrel.check/1', verdict: 'did_not_hold' })
    expect(out).not.toContain('\u001b')
    const table = await check(`ws://127.0.0.1:${port}/ws/{taskId}`)
    expect(table.out).toContain('WRONG')
    expect(table.out).toContain('/petrel-check/no-such-path')
    expect(table.out).toContain('\\u001b[31mgone')
    expect(table.out).not.toContain('\u001b')
  } finally {
    for (const client of server.clients) client.terminate()
    server.close()
  }
})

test.concurrent('nothing there: exit 3 and what to do; no address: exit 2', async () => {
  const dead = await check('http://127.0.0.1:1')
  expect(dead.code).toBe(3)
  expect(dead.err).toContain('nothing answers at http://127.0.0.1:1')
  expect(dead.err).toContain('hint: start the server first')
  expect((await check('localhost')).code).toBe(2)
  expect((await check('http://127.0.0.1:1', '--path', 'ws')).code).toBe(2)
})
