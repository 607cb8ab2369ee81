import { expect, test } from 'vitest'
import { TASKS_PATH } from '#protocol'
import { startCommand } from '../support/command.ts'
import { startRedis } from '../support/redis.ts'
import { requireTool } from '../support/require-tool.ts'
import { type Followed, followStream } from '../support/stream-client.ts'

const TASKS = 1_000
const STEPS = 20
const PACE_MS = 500
/** Progress events, and the terminal one. */
const ALL = Array.from({ length: STEPS + 1 }, (_, index) => index + 1)

async function startReplica(redis: string) {
  const run = startCommand(['serve', '--port', '0', '--redis', redis, '--log-level', 'info'])
  await run.says('server_listening')
  return { run, url: /"url":"(http:[^"]+)"/.exec(run.out())?.[1] ?? '' }
}

/** All kinds of work; a batch's children take three times the pace each. */
function taskOf(index: number) {
  if (index % 50 === 0) return { kind: 'batch', steps: STEPS, pace_ms: 5 * PACE_MS }
  return { kind: index % 2 === 0 ? 'roadmap_generation' : 'concept_content', steps: STEPS, pace_ms: PACE_MS }
}

/** Creates the tasks on both replicas in turn, and a client for each, on the other one. Resolves when all are there. */
async function startTasks(urls: readonly [string, string]): Promise<{ through: Promise<Followed[]> }> {
  const clients: Promise<Followed>[] = []
  for (let batch = 0; batch < TASKS / 50; batch++) {
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const task = batch * 50 + index
        const created = await fetch((urls[task % 2] ?? '') + TASKS_PATH, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(taskOf(task)),
        })
        const { task_id } = (await created.json()) as { task_id: string }
        clients.push(followStream(task_id, attempt => urls[(task + 1 + attempt) % 2] ?? '', task))
      }),
    )
  }
  const open = async () => {
    const counts = await Promise.all(urls.map(url => metric(url, 'ws_connections{state="open"}')))
    return counts.reduce((sum, count) => sum + count, 0)
  }
  await expect.poll(open, { timeout: 5_000 }).toBe(TASKS)
  return { through: Promise.all(clients) }
}

async function metric(url: string, series: string): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n')
  return Number(
    lines
      .find(line => line.startsWith(`${series} `))
      ?.split(' ')
      .at(-1),
  )
}

async function expectNothingLost(through: Promise<Followed[]>): Promise<{ reconnects: number }> {
  const followed = await through
  expect(followed.filter(({ gaveUp }) => gaveUp !== undefined)).toEqual([])
  expect(followed.filter(({ terminals }) => terminals !== 1)).toEqual([])
  expect(followed.filter(({ sequences }) => sequences.join() !== ALL.join())).toEqual([])
  return { reconnects: followed.filter(({ connections }) => connections > 1).length }
}

test('a replica is killed in the middle of 1,000 tasks: every event arrives exactly once', async () => {
  await using redis = await startRedis(await requireTool('redis-server'))
  const first = await startReplica(redis.url)
  using _first = first.run
  const second = await startReplica(redis.url)
  using _second = second.run
  const { through } = await startTasks([first.url, second.url])
  first.run.signal('SIGKILL')
  const { reconnects } = await expectNothingLost(through)
  expect(reconnects).toBeGreaterThan(TASKS / 3)
  expect(second.run.out()).toContain('tasks_taken_over')
})

test('Redis is killed in the middle of 1,000 tasks: sockets stay open, and every event arrives exactly once', async () => {
  await using redis = await startRedis(await requireTool('redis-server'))
  const first = await startReplica(redis.url)
  using _first = first.run
  const second = await startReplica(redis.url)
  using _second = second.run
  const { through } = await startTasks([first.url, second.url])
  await redis.kill()
  const up = () => metric(first.url, 'task_broker_up')
  await expect.poll(up, { timeout: 5_000 }).toBe(0)
  const refused = await fetch(first.url + TASKS_PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"kind":"batch"}',
  })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect((await fetch(`${first.url}/readyz`)).status).toBe(503)
  await redis.restart()
  await expect.poll(up, { timeout: 5_000 }).toBe(1)
  const { reconnects } = await expectNothingLost(through)
  expect(reconnects).toBe(0)
})
