import { expect, test } from 'vitest'
import { TASKS_PATH } from '#protocol'
import { type Frame, startTestServer, type TestServer } from '../testing.ts'

interface Answer {
  status: number
  body: Record<string, unknown>
  retryAfter: string | null
}

async function call(
  server: TestServer,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}${TASKS_PATH}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    retryAfter: response.headers.get('retry-after'),
  }
}

const types = (frames: readonly Frame[]) => frames.slice(2).map(({ type }) => type)

test('concepts: some fail and are tried again, and all end well', async () => {
  await using server = await startTestServer()
  const task = { kind: 'concept_content', steps: 3, retries: 1, pace_ms: 5 }
  const client = server.open(await server.createTask(task), { includeHistory: true })
  expect(await client.closed).toBe(1000)
  expect(client.frames.slice(2)).toMatchObject([
    { type: 'concept_progress', concept: 1, of: 3, state: 'retrying' },
    { type: 'concept_progress', concept: 1, of: 3, state: 'done' },
    { type: 'concept_progress', concept: 2, state: 'done' },
    { type: 'concept_progress', concept: 3, state: 'done' },
    { type: 'completed' },
  ])
})

test('a batch tells of each child that ends; each child has a stream of its own', async () => {
  await using server = await startTestServer()
  const client = server.open(await server.createTask({ kind: 'batch', steps: 3, pace_ms: 5 }), {
    includeHistory: true,
  })
  expect(await client.closed).toBe(1000)
  const children = client.frames.filter(({ type }) => type === 'batch_progress')
  expect(children).toMatchObject([
    { done: 1, failed: 0, of: 3 },
    { done: 2, of: 3 },
    { done: 3, of: 3 },
  ])
  expect(new Set(children.map(({ child_task_id }) => child_task_id)).size).toBe(3)
  const child = server.open(String(children[0]?.child_task_id), { includeHistory: true })
  expect(await child.closed).toBe(1000)
  expect(types(child.frames)).toEqual(['concept_progress', 'concept_progress', 'completed'])
})

test.each(['roadmap_generation', 'concept_content', 'batch'])(
  '%s: a review waits for a person; approved it goes on',
  async kind => {
    await using server = await startTestServer()
    const taskId = await server.createTask({ kind, review: true, pace_ms: 5 })
    const client = server.open(taskId, { includeHistory: true })
    expect(await client.receives('human_review_required')).toMatchObject({
      prompt: expect.stringMatching(/./),
    })
    expect((await call(server, 'GET', `/${taskId}`)).body.status).toBe('waiting_for_review')
    expect((await call(server, 'POST', `/${taskId}/review`, { decision: 'approve' })).status).toBe(200)
    expect(await client.closed).toBe(1000)
    expect(client.frames.at(-1)?.type).toBe('completed')
    expect((await call(server, 'POST', `/${taskId}/review`, { decision: 'approve' })).status).toBe(409)
  },
)

test('a review that is rejected fails the task, with the comment', async () => {
  await using server = await startTestServer()
  const taskId = await server.createTask({ review: true, pace_ms: 5 })
  const client = server.open(taskId)
  await client.receives('human_review_required')
  await call(server, 'POST', `/${taskId}/review`, { decision: 'reject', comment: 'too long' })
  expect(await client.closed).toBe(1000)
  expect(client.frames.at(-1)).toMatchObject({ type: 'failed', error: 'rejected in review: too long' })
})

test('a task is cancelled once; its client learns it, and its work stops', async () => {
  await using server = await startTestServer()
  const taskId = await server.createTask({ pace_ms: 10_000 })
  const client = server.open(taskId)
  await client.receives('current_status')
  expect((await call(server, 'DELETE', `/${taskId}`)).status).toBe(200)
  expect(await client.closed).toBe(1000)
  expect(client.frames.at(-1)?.type).toBe('cancelled')
  expect(await call(server, 'DELETE', `/${taskId}`)).toMatchObject({
    status: 409,
    body: { error: 'task_ended' },
  })
})

test.each([
  ['cancelled', (server: TestServer, id: string) => call(server, 'DELETE', `/${id}`)],
  [
    'rejected',
    (server: TestServer, id: string) => call(server, 'POST', `/${id}/review`, { decision: 'reject' }),
  ],
])('a batch that is %s takes its children with it', async (_, end) => {
  await using server = await startTestServer()
  const batch = { kind: 'batch', steps: 4, pace_ms: 40, review: true }
  const taskId = await server.createTask(batch)
  const client = server.open(taskId, { includeHistory: true })
  await client.receives('human_review_required')
  const started = async () =>
    ((await call(server, 'GET', '')).body.tasks as { parent_id?: string; status: string }[]).filter(
      ({ parent_id }) => parent_id === taskId,
    )
  await expect.poll(async () => (await started()).length).toBe(4)
  expect((await end(server, taskId)).status).toBe(200)
  expect(await client.closed).toBe(1000)
  await expect
    .poll(async () => (await started()).filter(({ status }) => status === 'running' || status === 'pending'))
    .toEqual([])
})

test('a repeated creation with its key is the same task; with another body it is refused', async () => {
  await using server = await startTestServer()
  const create = (body: unknown) => call(server, 'POST', '', body, { 'Idempotency-Key': 'order-7' })
  const first = await create({ kind: 'batch' })
  const second = await create({ kind: 'batch' })
  expect([first.status, second.status]).toEqual([202, 200])
  expect(second.body).toEqual(first.body)
  expect(await create({ kind: 'batch', steps: 7 })).toMatchObject({
    status: 409,
    body: { error: 'idempotency_conflict' },
  })
  expect((await call(server, 'POST', '', { kind: 'batch' }, { 'Idempotency-Key': '' })).status).toBe(400)
})

test('the list is paged', async () => {
  await using server = await startTestServer()
  for (let task = 0; task < 3; task++) await server.createTask({ work: 'external' })
  const first = await call(server, 'GET', '?limit=2')
  expect(first.body.tasks).toHaveLength(2)
  const second = await call(server, 'GET', `?limit=2&cursor=${first.body.next}`)
  expect(second.body.tasks).toHaveLength(1)
  expect(second.body.next).toBeUndefined()
  expect((await call(server, 'GET', '?limit=0')).status).toBe(400)
  expect((await call(server, 'GET', '?page=2')).status).toBe(400)
  expect(await call(server, 'GET', '?cursor=garbage')).toMatchObject({
    status: 400,
    body: { error: 'bad_cursor' },
  })
})

test("a worker elsewhere feeds a task, with the producer's token", async () => {
  await using server = await startTestServer({ producerToken: 'secret' })
  const taskId = await server.createTask({ work: 'external' })
  const client = server.open(taskId)
  await client.receives('current_status')
  const feed = (event: unknown, token = 'secret', id = taskId) =>
    call(server, 'POST', `/${id}/events`, event, { Authorization: `Bearer ${token}` })
  expect(await feed({ type: 'progress', progress: 0.5, stage: 'half' })).toMatchObject({
    status: 202,
    body: { seq: 1 },
  })
  expect((await feed({ type: 'progress', progress: 0.6, stage: 'x' }, 'guess')).status).toBe(401)
  expect((await feed({ type: 'progress', progress: 7, stage: 'x' })).status).toBe(400)
  expect((await feed({ type: 'connected' })).status).toBe(400)
  expect((await feed({ type: 'completed' }, 'secret', 'none')).status).toBe(404)
  const simulated = await server.createTask({ pace_ms: 10_000 })
  expect((await feed({ type: 'completed' }, 'secret', simulated)).status).toBe(409)
  expect((await feed({ type: 'completed' })).body).toEqual({ seq: 2 })
  expect(await client.closed).toBe(1000)
  expect(types(client.frames)).toEqual(['progress', 'completed'])
  expect((await feed({ type: 'completed' })).status).toBe(409)
  expect(JSON.stringify(server.lines)).not.toContain('secret')
})

test('what a worker numbers is published once, however often it is sent; its end too', async () => {
  await using server = await startTestServer({ producerToken: 'secret' })
  const taskId = await server.createTask({ work: 'external' })
  const client = server.open(taskId)
  await client.receives('current_status')
  const feed = (event: unknown) =>
    call(server, 'POST', `/${taskId}/events`, event, { Authorization: 'Bearer secret' })
  const half = { step: 4, type: 'progress', progress: 0.5, stage: 'half' }
  const repeated = { status: 200, body: { repeated: true } }
  expect(await feed(half)).toMatchObject({ status: 202, body: { seq: 1 } })
  expect(await feed(half)).toMatchObject(repeated)
  expect(await feed({ ...half, step: 3 })).toMatchObject(repeated)
  expect(await feed({ step: 5, type: 'completed' })).toMatchObject({ status: 202, body: { seq: 2 } })
  expect(await feed({ step: 5, type: 'completed' })).toMatchObject(repeated)
  expect((await feed({ ...half, step: 0 })).status).toBe(400)
  expect(await client.closed).toBe(1000)
  expect(types(client.frames)).toEqual(['progress', 'completed'])
  expect(client.frames.some(frame => 'step' in frame)).toBe(false)
})

test('a page of a listed origin may use tasks over HTTP; any other page gets no leave', async () => {
  await using server = await startTestServer({ allowedOrigins: ['https://App.example:443'] })
  const ask = (method: string, origin: string) =>
    fetch(`${server.url}${TASKS_PATH}`, {
      method,
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
    })
  const preflight = await ask('OPTIONS', 'https://app.example')
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example')
  expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE')
  const answer = await ask('GET', 'https://app.example')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example')
  for (const method of ['OPTIONS', 'GET']) {
    const other = await ask(method, 'https://evil.example')
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
  }
  await using closed = await startTestServer()
  const none = await fetch(`${closed.url}${TASKS_PATH}`, { headers: { Origin: 'https://app.example' } })
  expect([none.status, none.headers.get('access-control-allow-origin')]).toEqual([403, null])
})

test.each([
  { kind: 'concept_content', steps: 2, retries: 3 },
  { kind: 'batch', steps: 2, retries: 1 },
])('retries that could not happen are refused: %o', async body => {
  await using server = await startTestServer()
  expect(await call(server, 'POST', '', body)).toMatchObject({
    status: 400,
    body: { text: expect.stringContaining('at most steps') },
  })
})

test('without a producer token nobody may publish', async () => {
  await using server = await startTestServer()
  const taskId = await server.createTask({ work: 'external' })
  const empty = await call(
    server,
    'POST',
    `/${taskId}/events`,
    { type: 'completed' },
    { Authorization: 'Bearer ' },
  )
  expect(empty.status).toBe(401)
})
