import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { Disturbance } from '#catalog'
import { systemClock, withScope } from '#core'
import { temporaryFolder } from '#stack'
import { requireTool } from '../../../test/support/require-tool.ts'
import type { Deployment } from '../deployment.ts'
import { type OwnRedis, startOwnRedis } from '../redis.ts'
import { DISTURBANCE_AFTER_MS, type Place, startDisturbance } from './index.ts'

const releases: (() => unknown)[] = []
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

/** A server that takes every stream. */
async function streams(): Promise<string> {
  const http: Server = createServer((_, response) => response.end('ok'))
  const wss = new WebSocketServer({ server: http })
  await new Promise<void>(listening => http.listen(0, '127.0.0.1', listening))
  releases.push(() => {
    for (const client of wss.clients) client.terminate()
    http.closeAllConnections()
    return new Promise(closed => http.close(closed))
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

/** Opens a stream; resolves with how it ended. */
function open(url: string) {
  const ws = new WebSocket(url.replace('http', 'ws'))
  releases.push(() => ws.terminate())
  ws.on('error', () => {})
  return {
    opened: new Promise<boolean>(
      told => void ws.once('open', () => told(true)).once('close', () => told(false)),
    ),
    closed: new Promise<number>(told => ws.once('close', told)),
  }
}

/** A fault phase whose disturbance is due now. */
function placeOf(urls: readonly string[], lengthMs: number, over: Partial<Place> = {}): Place {
  const from = Date.now() - DISTURBANCE_AFTER_MS
  const deployment = { urls, addresses: [], deaths: () => [] } as unknown as Deployment
  return {
    deployment,
    redis: undefined,
    fault: { from, to: from + DISTURBANCE_AFTER_MS + lengthMs },
    clock: systemClock,
    signal: new AbortController().signal,
    ...over,
  }
}

async function start(disturbance: Disturbance, place: Place) {
  const running = await startDisturbance(disturbance, place)
  releases.push(() => running[Symbol.asyncDispose]())
  return running
}

test('cut-streams: every stream through the proxy is cut, again and again; the next one passes', async () => {
  const url = await streams()
  const running = await start({ kind: 'cut-streams', everyMs: 200 }, placeOf([url], 700))
  const [proxy = ''] = running.targets
  expect(proxy).not.toBe(url)
  for (let cut = 0; cut < 2; cut++) {
    const stream = open(proxy)
    expect(await stream.opened).toBe(true)
    expect(await stream.closed).toBe(1006)
  }
  const { span, problems } = await running.finish()
  expect(problems).toEqual([])
  expect((span?.to ?? 0) - (span?.from ?? 0)).toBeGreaterThanOrEqual(200)
})

test('turn-away: no new connection comes through until the fault is over, and who is in stays', async () => {
  const url = await streams()
  const running = await start({ kind: 'turn-away' }, placeOf([url], 600))
  const [proxy = ''] = running.targets
  await expect.poll(() => open(proxy).opened).toBe(false)
  await expect.poll(() => open(proxy).opened).toBe(true)
  expect((await running.finish()).problems).toEqual([])
})

test('kill-server: the last one is killed when the fault begins, and replaced when it is over', async () => {
  const done: string[] = []
  const deployment = {
    urls: ['http://a', 'http://b'],
    kill: async (index: number) => void done.push(`kill ${index}`),
    replace: async (index: number) => void done.push(`replace ${index}`),
  } as unknown as Deployment
  const running = await start({ kind: 'kill-server' }, placeOf([], 300, { deployment }))
  expect(running.targets).toEqual(deployment.urls)
  await expect.poll(() => done).toEqual(['kill 1', 'replace 1'])
  const { span } = await running.finish()
  expect((span?.to ?? 0) - (span?.from ?? 0)).toBeGreaterThanOrEqual(250)
})

test('an interrupt ends what would go on for long, and puts it back', async () => {
  const done: string[] = []
  const redis = {
    freeze: () => void done.push('freeze'),
    thaw: () => void done.push('thaw'),
  } as unknown as OwnRedis
  const ctrlC = new AbortController()
  const place = placeOf([], 200_000, { redis, signal: ctrlC.signal })
  const running = await start({ kind: 'stall-redis', forMs: 90_000, everyMs: 91_000 }, place)
  await expect.poll(() => done).toEqual(['freeze'])
  ctrlC.abort()
  await running[Symbol.asyncDispose]()
  expect(done).toEqual(['freeze', 'thaw'])
})

test('what could not be done is told: a fault that never was proves nothing', async () => {
  let tried = 0
  const deployment = {
    urls: ['http://a'],
    kill: async () => {
      tried += 1
      throw new Error('it has no process')
    },
    replace: async () => {},
  } as unknown as Deployment
  const failing = await start({ kind: 'kill-server' }, placeOf([], 100, { deployment }))
  await expect.poll(() => tried).toBe(1)
  expect((await failing.finish()).problems).toEqual(['kill-server: it could not begin: it has no process'])
  const late = placeOf([], 100, { deployment })
  const early = { ...late, fault: { from: Date.now() + 60_000, to: Date.now() + 90_000 } }
  const never = await start({ kind: 'kill-server' }, early)
  expect((await never.finish()).problems).toEqual(['kill-server: it was never due'])
  await expect(() => start({ kind: 'stop-redis' }, placeOf([], 100))).rejects.toThrow(
    'the servers have no Redis',
  )
})

test('Redis of a run: it is killed and comes back on its port with its data, and stands still when told', async () => {
  const path = await requireTool('redis-server')
  const { signal } = new AbortController()
  const folder = await temporaryFolder('redis')
  releases.push(() => folder[Symbol.asyncDispose]())
  await withScope(async scope => {
    const tool = { name: 'redis-server', path, version: '', source: 'test' } as const
    const redis = await startOwnRedis(tool, folder.path, signal, scope)
    const client = new Redis(redis.url, { retryStrategy: () => 50, commandTimeout: 300 })
    client.on('error', () => {})
    scope.defer(() => client.disconnect())
    await client.set('kept', 'yes')
    // `appendfsync everysec`: what was written is on disk when its file has grown.
    await expect.poll(() => client.info('persistence')).toMatch(/aof_pending_bio_fsync:0/)
    await redis.kill()
    await redis.restart()
    await expect.poll(() => client.get('kept').catch(() => undefined)).toBe('yes')
    redis.freeze()
    await expect(client.ping()).rejects.toThrow('timed out')
    redis.thaw()
    await expect.poll(() => client.ping().catch(() => undefined)).toBe('PONG')
    // What was done to it was wanted; what it does by itself is not.
    expect(redis.deaths()).toEqual([])
    const [, pid] = /process_id:(\d+)/.exec(await client.info('server')) ?? []
    process.kill(Number(pid), 'SIGKILL')
    await expect.poll(() => redis.deaths()).toEqual(['Redis ended during the run (SIGKILL)'])
  })
})
