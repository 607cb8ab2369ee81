import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { METRICS } from '#catalog'
import { streamPath, TASKS_PATH } from '#protocol'
import { handshake } from '../src/instrument/testing.ts'
import { startRedis } from '../test/support/redis.ts'
import { requireTool } from '../test/support/require-tool.ts'
import { startTestServer, type TestServer } from './testing.ts'

const LONG = { pace_ms: 60_000 }
const TOKEN = 'a-token-of-the-producer'

/**
 * Moved by a broker that loses messages (`stream/follow-task.test.ts`), and by a server that does not close
 * (`faults/never-closes.integration.test.ts`).
 */
const SHOWN_ELSEWHERE = ['task_sequence_gaps_total', 'ws_finished_connections']

/** What a server showed above zero at some time. */
function watch(moved: Set<string>) {
  const look = async (server: TestServer) => {
    for (const [series, value] of await server.metrics()) if (value > 0) moved.add(series)
  }
  /** Looks until the series has moved: a gauge may be back at zero when a test has ended. */
  return async (server: TestServer, series: string) => {
    const isThere = async () => {
      await look(server)
      return [...moved].some(one => one.startsWith(series))
    }
    await expect.poll(isThere, { timeout: 30_000, message: series }).toBe(true)
  }
}

async function feed(server: TestServer, taskId: string, event: object): Promise<void> {
  await fetch(`${server.url}${TASKS_PATH}/${taskId}/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(event),
  })
}

test('no metric of the catalogue is a name alone: each moves on the path that it is for', async () => {
  const moved = new Set<string>()
  const sees = watch(moved)

  await using redis = await startRedis(await requireTool('redis-server'))
  await using first = await startTestServer({ redisUrl: redis.url, heartbeatMs: 500 })
  const client = first.open(await first.createTask({ steps: 3, pace_ms: 600 }), {
    resume: { epoch: 'another', seq: 1 },
  })
  client.ws.once('open', () => client.ws.send('{"type":"ping"}'))
  await client.receives('pong')
  await sees(first, 'ws_connections{state="open"}')
  await sees(first, 'ws_heartbeat_rtt_seconds_count')
  await client.closed
  // A peer that answers no ping.
  first.open(await first.createTask(LONG), {}, { autoPong: false })
  await sees(first, 'ws_heartbeat_timeouts_total')
  await redis.kill()
  await expect.poll(async () => (await first.metrics()).get('task_broker_up')).toBe(0)
  await redis.restart()
  await sees(first, 'task_broker_reconnects_total')

  // A good session that is lost; one client that comes back; wrong paths; one more than there is room for.
  await using second = await startTestServer({ connectionLimit: 1, loopFailures: 3 })
  const path = `${second.url.replace('http', 'ws')}${streamPath(await second.createTask(LONG))}`
  for (const end of ['close', 'terminate'] as const) {
    const ws = new WebSocket(`${path}?client_id=one`)
    await once(ws, 'open')
    if (end === 'terminate') {
      await refused(second, new URL(path).pathname)
      await sees(second, 'ws_sessions_total{reason="lived"')
    }
    ws[end]()
    await once(ws, 'close')
  }
  await refused(second, '/ws/t1')
  for (let attempt = 0; attempt < 3; attempt++) await second.open('no-such-task').closed
  await sees(second, 'ws_session_interruptions_total')
  await sees(second, 'ws_loop_breaker_trips_total')

  // A client that stops reading while its task goes on to its end.
  await using third = await startTestServer({
    producerToken: TOKEN,
    slowConsumerBytes: 65_536,
    slowConsumerMs: 1_000,
    faults: ['send-in-catch'],
    historyReadMs: 40,
  })
  const taskId = await third.createTask({ work: 'external' })
  const slow = third.open(taskId)
  await slow.receives('current_status')
  slow.ws.pause()
  const review = { type: 'human_review_required', progress: 0, prompt: 'x'.repeat(4_000) }
  const buffered = async () => (await third.metrics()).get('ws_buffered_bytes') ?? 0
  while ((await buffered()) < 65_536) {
    await Promise.all(Array.from({ length: 100 }, () => feed(third, taskId, review)))
  }
  await sees(third, 'ws_buffered_bytes')
  const progress = { type: 'progress', progress: 0, stage: 'on' }
  for (let event = 0; event < 3; event++) await feed(third, taskId, progress)
  await sees(third, 'ws_slow_consumer_actions_total{action="coalesce"}')
  await feed(third, taskId, { type: 'completed' })
  await sees(third, 'ws_terminal_undelivered_total')
  // The incident: gone before the first frame, and the handler sends twice.
  const hasty = third.open(await third.createTask(LONG))
  await hasty.opened
  hasty.ws.terminate()
  await sees(third, 'ws_send_after_close_total')
  // It does not answer the close of the drain.
  const late = third.open(await third.createTask(LONG))
  await late.receives('current_status')
  late.ws.pause()
  const stopped = third.stop()
  await sees(third, 'ws_drain_remaining')
  await stopped

  const still = Object.values(METRICS)
    .map(({ name }) => name)
    .filter(name => ![...moved].some(series => series.replace(/(_count)?(\{.*)?$/, '') === name))
  expect(still.toSorted()).toEqual(SHOWN_ELSEWHERE)
  // Thousands of events go into a socket that nobody reads.
}, 180_000)

/** One handshake that is refused. */
async function refused(server: TestServer, path: string): Promise<void> {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.resume()
  socket.write(handshake(path))
  await once(socket, 'close')
}
