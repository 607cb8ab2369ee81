/// <reference lib="dom" />
import { SignJWT } from 'jose'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { CLOSE, STREAM_SUBPROTOCOL, streamPath, TASKS_PATH, TOKEN_SUBPROTOCOL_PREFIX } from '#protocol'
import { startTestServer, type TestServer } from '../../server/testing.ts'
import { requireTool } from '../support/require-tool.ts'

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
const SECRET = 'a-secret-of-more-than-32-characters'

let browser: Browser | undefined
afterAll(() => browser?.close())

interface Seen {
  opened: boolean
  protocol: string
  code: number
  types: string[]
}

/** What a page of `origin` sees of one WebSocket, up to its end or its first snapshot. */
async function pageSees(origin: string, url: string, protocols: string[] = []): Promise<Seen> {
  browser ??= await chromium.launch({ executablePath: await requireTool('chromium'), args: ARGS })
  const page = await browser.newPage()
  await page.goto(`${origin}/livez`)
  const seen = await page.evaluate(
    ([target, offered]) =>
      new Promise<Seen>(done => {
        const ws = new WebSocket(target as string, offered as string[])
        const result: Seen = { opened: false, protocol: '', code: 0, types: [] }
        ws.onopen = () => {
          result.opened = true
          result.protocol = ws.protocol
        }
        ws.onmessage = ({ data }) => {
          const { type } = JSON.parse(data)
          result.types.push(type)
          if (type === 'current_status') done(result)
        }
        ws.onclose = ({ code }) => done({ ...result, code })
      }),
    [url.replace('http', 'ws'), protocols] as const,
  )
  await page.close()
  return seen
}

function tokenOf(sub: string, seconds = 600): Promise<string> {
  return new SignJWT({ sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(new TextEncoder().encode(SECRET))
}

async function createTask(server: TestServer, token: string): Promise<string> {
  const response = await fetch(server.url + TASKS_PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ kind: 'roadmap_generation', pace_ms: 60_000 }),
  })
  return ((await response.json()) as { task_id: string }).task_id
}

test("a browser's page can read why it was refused: the wrong path, the unknown task, the full server", async () => {
  await using server = await startTestServer({ connectionLimit: 1 })
  expect(await pageSees(server.url, `${server.url}/ws/t1`)).toMatchObject({
    code: CLOSE.wrongPath,
    types: ['error'],
  })
  expect(await pageSees(server.url, server.url + streamPath('none'))).toMatchObject({
    code: CLOSE.taskUnknown,
  })
  const taskId = await server.createTask({ pace_ms: 60_000 })
  const connectionsOf = async () => (await server.metrics()).get('ws_connections{state="closing"}')
  await expect.poll(connectionsOf).toBe(0)
  await expect
    .poll(async () => {
      const holder = server.open(taskId)
      return holder.receives('current_status').then(
        () => true,
        () => false,
      )
    })
    .toBe(true)
  expect(await pageSees(server.url, server.url + streamPath(taskId))).toMatchObject({
    code: CLOSE.tryAgainLater,
  })
})

test('a page offers its token as a subprotocol, and gets the protocol back without it', async () => {
  await using server = await startTestServer({ jwtSecret: SECRET })
  const ada = await tokenOf('ada')
  const url = server.url + streamPath(await createTask(server, ada))
  const offer = (token: string) => [STREAM_SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token]
  expect(await pageSees(server.url, url, offer(ada))).toMatchObject({
    opened: true,
    protocol: STREAM_SUBPROTOCOL,
    types: ['connected', 'current_status'],
  })
  const refusals: [string[], number][] = [
    [[], CLOSE.unauthenticated],
    [offer(await tokenOf('ada', -60)), CLOSE.tokenExpired],
    [offer(await tokenOf('eve')), CLOSE.forbidden],
  ]
  for (const [offered, code] of refusals) {
    expect(await pageSees(server.url, url, offered)).toMatchObject({ code, types: ['error'] })
  }
})

test('a page of another site gets in nowhere, and learns nothing', async () => {
  await using server = await startTestServer()
  await using other = await startTestServer()
  const url = server.url + streamPath(await server.createTask({ pace_ms: 60_000 }))
  expect(await pageSees(other.url, url)).toMatchObject({ opened: false, code: 1006, types: [] })
  expect(await pageSees(other.url, `${server.url}/ws/t1`)).toMatchObject({ opened: false, code: 1006 })
  expect(await pageSees(server.url, url)).toMatchObject({ opened: true })
})
