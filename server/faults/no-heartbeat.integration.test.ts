import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { streamPath } from '#protocol'
import { startTestServer } from '../testing.ts'

const IDLE_MS = 1_000

/** A proxy as they all are: it cuts a connection on which nothing has come from the server for a while. */
async function idleProxy(port: number): Promise<{ port: number } & Disposable> {
  const proxy: Server = createServer(client => {
    const upstream = connect(port, '127.0.0.1')
    upstream.setTimeout(IDLE_MS, () => {
      client.destroy()
      upstream.destroy()
    })
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return { port: (proxy.address() as AddressInfo).port, [Symbol.dispose]: () => void proxy.close() }
}

test('no-ping: behind a proxy with an idle timeout a quiet stream is cut; without the fault it lives', async () => {
  await using server = await startTestServer({
    heartbeatMs: 400,
    faultControl: 'loopback',
    faults: ['no-heartbeat=no-ping'],
  })
  using proxy = await idleProxy(server.port)
  const taskId = await server.createTask({ pace_ms: 60_000 })
  const dial = () => new WebSocket(`ws://127.0.0.1:${proxy.port}${streamPath(taskId)}`)
  const cut = dial()
  const [code] = await once(cut, 'close')
  expect(code).toBe(1006)
  await expect
    .poll(async () => (await server.metrics()).get('ws_session_seconds_count{ended_by="network"}'))
    .toBe(1)
  expect((await server.metrics()).get('ws_heartbeat_rtt_seconds_count')).toBe(0)

  await server.setFault('no-heartbeat', 'off')
  const lives = dial()
  const closed = once(lives, 'close').then(([code]) => `closed with ${code}`)
  // Six pings are more than twice the idle timeout.
  const pinged = (async () => {
    for (let ping = 0; ping < 6; ping++) await once(lives, 'ping')
    return 'alive'
  })()
  expect(await Promise.race([closed, pinged])).toBe('alive')
  lives.terminate()
})

test('no-timeout: a peer that is gone stays open and nobody is told; without the fault it is closed', async () => {
  await using server = await startTestServer({
    heartbeatMs: 400,
    faultControl: 'loopback',
    faults: ['no-heartbeat=no-timeout'],
  })
  const taskId = await server.createTask({ pace_ms: 60_000 })
  const dead = server.open(taskId, {}, { autoPong: false })
  await dead.receives('current_status')
  await once(dead.ws, 'ping')
  // A healthy neighbour of the same time has answered often enough for the dead one to be overdue.
  await server.setFault('no-heartbeat', 'off')
  const overdue = server.open(taskId, {}, { autoPong: false })
  expect([4008, 1006]).toContain(await overdue.closed)
  const metrics = await server.metrics()
  expect(metrics.get('ws_heartbeat_timeouts_total')).toBe(1)
  await expect.poll(async () => (await server.metrics()).get('ws_connections{state="open"}')).toBe(1)
  expect(dead.ws.readyState).toBe(dead.ws.OPEN)
})
