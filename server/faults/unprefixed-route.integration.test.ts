import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startTestServer } from '../testing.ts'

const MISS = 'ws_unmatched_path_total{near_miss="missing_prefix"}'
const ACCEPTED = 'ws_handshakes_total{outcome="accepted",reason="ok",route="/ws/{taskId}",status="101"}'

test('the wrong path is refused, works while the switch is on, and is refused again', async () => {
  await using server = await startTestServer({ faultControl: 'loopback' })
  const taskId = await server.createTask({ pace_ms: 60_000 })
  const dial = async () => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/ws/${taskId}`)
    ws.on('error', () => {})
    const outcome = await Promise.race([
      once(ws, 'message').then(([data]) => JSON.parse(String(data)).type),
      once(ws, 'unexpected-response').then(([, { statusCode }]) => statusCode),
    ])
    ws.terminate()
    return outcome
  }
  expect(await dial()).toBe(404)
  await server.setFault('unprefixed-route', 'on')
  expect(await dial()).toBe('connected')
  await server.setFault('unprefixed-route', 'off')
  expect(await dial()).toBe(404)
  const metrics = await server.metrics()
  expect(metrics.get(MISS)).toBe(2)
  expect(metrics.get(ACCEPTED)).toBe(1)
})

test('a server that can never have the fault has no such route in its metrics', async () => {
  await using server = await startTestServer()
  expect((await server.metrics()).get(ACCEPTED)).toBeUndefined()
})
