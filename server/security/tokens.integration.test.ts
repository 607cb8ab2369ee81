import { once } from 'node:events'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  CLOSE,
  STREAM_PATH,
  STREAM_SUBPROTOCOL,
  streamPath,
  TASKS_PATH,
  TOKEN_SUBPROTOCOL_PREFIX,
} from '#protocol'
import { startTestServer, type TestServer } from '../testing.ts'

const SECRET = 'a-secret-of-more-than-32-characters'
const PRODUCER = 'the-producer-token'

function tokenOf(sub: string, claims: Record<string, unknown> = {}, seconds = 600): Promise<string> {
  return new SignJWT({ sub, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(new TextEncoder().encode(SECRET))
}

const start = (settings = {}) => startTestServer({ jwtSecret: SECRET, producerToken: PRODUCER, ...settings })

/** One HTTP request with a token; the body as JSON. */
async function ask(
  server: TestServer,
  token: string | undefined,
  method: string,
  path: string,
  body?: object,
) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

async function createTask(server: TestServer, token: string, task = {}, headers = {}): Promise<string> {
  const response = await fetch(server.url + TASKS_PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ kind: 'roadmap_generation', steps: 3, pace_ms: 60_000, ...task }),
  })
  expect(response.status).toBeLessThan(300)
  return ((await response.json()) as { task_id: string }).task_id
}

type Dial = { bearer?: string; offered?: string[]; query?: string; origin?: string }

/** How a handshake went: the protocol of an open stream, a close code, or an HTTP status. */
async function dial(server: TestServer, taskId: string, { bearer, offered, query = '', origin }: Dial) {
  const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
  const ws = new WebSocket(server.url.replace('http', 'ws') + streamPath(taskId) + query, offered ?? [], {
    headers,
    ...(origin === undefined ? {} : { origin }),
  })
  const failed = new Promise<string>(done => {
    ws.on('error', () => {})
    ws.once('unexpected-response', (_request, response) => {
      done(`http ${response.statusCode}`)
      response.resume()
    })
    ws.once('close', code => done(`close ${code}`))
  })
  const followed = new Promise<string>(done =>
    ws.on('message', data => {
      if (JSON.parse(String(data)).type === 'current_status') done(`open ${ws.protocol}`)
    }),
  )
  const outcome = await Promise.race([failed, followed])
  ws.terminate()
  return outcome
}

test('the owner follows the task, by header or by subprotocol; the token is never echoed', async () => {
  await using server = await start()
  const ada = await tokenOf('ada')
  const taskId = await createTask(server, ada)
  expect(await dial(server, taskId, { bearer: ada })).toBe('open ')
  const offered = [STREAM_SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + ada]
  expect(await dial(server, taskId, { offered, origin: server.url })).toBe(`open ${STREAM_SUBPROTOCOL}`)
  expect(await dial(server, taskId, { offered: offered.toReversed() })).toBe(`open ${STREAM_SUBPROTOCOL}`)
})

test.each([
  ['unauthenticated', 401, CLOSE.unauthenticated, 'no token', async () => ({})],
  [
    'unauthenticated',
    401,
    CLOSE.unauthenticated,
    'a forged one',
    async () => ({ bearer: `${await tokenOf('ada')}x` }),
  ],
  [
    'unauthenticated',
    401,
    CLOSE.tokenExpired,
    'an expired one',
    async () => ({ bearer: await tokenOf('ada', {}, -60) }),
  ],
  [
    'unauthenticated',
    401,
    CLOSE.unauthenticated,
    'one in the query',
    async () => ({ query: `?token=${await tokenOf('ada')}` }),
  ],
  ['forbidden', 403, CLOSE.forbidden, "another's task", async () => ({ bearer: await tokenOf('eve') })],
] as const)(
  '%s: %i for a program, %i for a page, with %s; counted, with a line and without the token',
  async (reason, status, code, _, make) => {
    await using server = await start()
    const taskId = await createTask(server, await tokenOf('ada'))
    const options: Dial = await make()
    expect(await dial(server, taskId, options)).toBe(`http ${status}`)
    expect(await dial(server, taskId, { ...options, origin: server.url })).toBe(`close ${code}`)
    const metrics = await server.metrics()
    for (const answer of [status, 101]) {
      const labels = `outcome="refused",reason="${reason}",route="${STREAM_PATH}",status="${answer}"`
      expect(metrics.get(`ws_handshakes_total{${labels}}`)).toBe(1)
    }
    expect(metrics.get('ws_opens_total{kind="first"}')).toBe(0)
    const lines = server.lines.filter(({ msg }) => msg === 'websocket_refused')
    expect(lines).toMatchObject([
      { reason, status, task_id: taskId, text: expect.stringMatching(/./) },
      { reason, close_code: code, task_id: taskId },
    ])
    expect(JSON.stringify(server.lines)).not.toContain('eyJ')
  },
)

test('a token that names the task, its parent, or all tasks opens it', async () => {
  await using server = await start()
  const ada = await tokenOf('ada')
  const taskId = await createTask(server, ada)
  expect(await dial(server, taskId, { bearer: await tokenOf('eve', { tasks: [taskId] }) })).toBe('open ')
  expect(await dial(server, taskId, { bearer: await tokenOf('ops', { tasks: '*' }) })).toBe('open ')
  const batch = await createTask(server, ada, { kind: 'batch', steps: 1, pace_ms: 1 })
  const child = async () =>
    (
      (await ask(server, ada, 'GET', TASKS_PATH)).body.tasks as { task_id: string; parent_id?: string }[]
    ).find(({ parent_id }) => parent_id === batch)?.task_id
  await expect.poll(child).toBeDefined()
  const childId = (await child()) ?? ''
  expect(await dial(server, childId, { bearer: ada })).toMatch(/^open|^close 1000/)
  expect(await dial(server, childId, { bearer: await tokenOf('eve') })).toBe('http 403')
})

test('a stream ends with 4401 when its token does, as an announced end that burns no budget', async () => {
  await using server = await start()
  const taskId = await createTask(server, await tokenOf('ada'))
  // Expired by the clock, and within the tolerance for one second more.
  const ws = new WebSocket(server.url.replace('http', 'ws') + streamPath(taskId), {
    headers: { authorization: `Bearer ${await tokenOf('ada', {}, -3)}` },
  })
  const [code] = await once(ws, 'close')
  expect(code).toBe(CLOSE.tokenExpired)
  await expect.poll(() => server.lines.map(({ msg }) => msg)).toContain('websocket_token_expired')
  const metrics = await server.metrics()
  const bad = [...metrics].filter(([key, value]) => key.includes('verdict="bad"') && value > 0)
  expect(bad).toEqual([])
  expect(metrics.get('ws_session_interruptions_total{reason="server_close"}')).toBe(0)
})

test('over HTTP the same holds: no token 401, another’s task 403, and a list of what is one’s own', async () => {
  await using server = await start()
  const [ada, eve] = [await tokenOf('ada'), await tokenOf('eve')]
  const [hers, other] = [await createTask(server, ada), await createTask(server, eve)]
  const unknown = await ask(server, undefined, 'GET', `${TASKS_PATH}/${hers}`)
  expect(unknown).toMatchObject({ status: 401, body: { error: 'unauthenticated' } })
  expect(unknown.headers.get('WWW-Authenticate')).toBe('Bearer')
  expect((await ask(server, undefined, 'POST', TASKS_PATH, { kind: 'batch' })).status).toBe(401)
  expect((await ask(server, ada, 'GET', `${TASKS_PATH}/${hers}`)).body).toMatchObject({ owner: 'ada' })
  for (const [method, path] of [
    ['GET', `${TASKS_PATH}/${other}`],
    ['DELETE', `${TASKS_PATH}/${other}`],
    ['POST', `${TASKS_PATH}/${other}/review`],
  ] as const) {
    const answer = await ask(
      server,
      ada,
      method,
      path,
      method === 'GET' ? undefined : { decision: 'approve' },
    )
    expect(answer).toMatchObject({ status: 403, body: { error: 'forbidden' } })
  }
  const list = (await ask(server, ada, 'GET', TASKS_PATH)).body.tasks as { task_id: string }[]
  expect(list.map(({ task_id }) => task_id)).toEqual([hers])
  expect((await ask(server, ada, 'GET', `${TASKS_PATH}/no-such-task`)).status).toBe(404)
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  expect(JSON.stringify(server.lines)).not.toContain('eyJ')
})

test('a token that names a task may read it and no more; one for all may do all', async () => {
  await using server = await start()
  const task = `${TASKS_PATH}/${await createTask(server, await tokenOf('ada'))}`
  const [eve, ops] = [
    await tokenOf('eve', { tasks: [task.split('/').at(-1)] }),
    await tokenOf('ops', { tasks: '*' }),
  ]
  expect((await ask(server, eve, 'GET', task)).status).toBe(200)
  expect((await ask(server, eve, 'DELETE', task, {})).status).toBe(403)
  expect((await ask(server, eve, 'POST', `${task}/review`, { decision: 'reject' })).status).toBe(403)
  expect((await ask(server, ops, 'DELETE', task, {})).status).toBe(200)
})

test("another's idempotency key leads to a task of one's own", async () => {
  await using server = await start()
  const [ada, eve] = [await tokenOf('ada'), await tokenOf('eve')]
  const key = { 'Idempotency-Key': 'k' }
  const first = await createTask(server, ada, {}, key)
  expect(await createTask(server, ada, {}, key)).toBe(first)
  expect(await createTask(server, eve, {}, key)).not.toBe(first)
})

test('a producer needs its own token and no other', async () => {
  await using server = await start()
  const ada = await tokenOf('ada')
  const taskId = await createTask(server, ada, { work: 'external' })
  const event = { type: 'progress', progress: 0.5, stage: 'half' }
  const path = `${TASKS_PATH}/${taskId}/events`
  expect((await ask(server, ada, 'POST', path, event)).status).toBe(401)
  expect((await ask(server, PRODUCER, 'POST', path, event)).status).toBe(202)
})

test('a page of another site may do nothing over HTTP either', async () => {
  await using server = await startTestServer()
  const answer = await fetch(server.url + TASKS_PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: 'https://evil.example' },
    body: JSON.stringify({ kind: 'batch' }),
  })
  expect(answer.status).toBe(403)
  expect(server.lines.at(-1)).toMatchObject({ msg: 'http_refused', reason: 'origin' })
})

test('a token in a path is hidden where it is logged', async () => {
  await using server = await start()
  const token = await tokenOf('ada')
  await dial(server, token, { bearer: token })
  await dial(server, `x/${token}`, {})
  expect(server.lines.filter(({ msg }) => msg === 'websocket_refused').length).toBeGreaterThan(0)
  expect(JSON.stringify(server.lines)).not.toContain('eyJ')
})
