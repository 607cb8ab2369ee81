import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { TASKS_PATH } from '#protocol'
import { onFreePort, startProcess, until } from '#stack'
import { createLogger, DEFAULT_SETTINGS, startServer } from '../../server/index.ts'
import { mountsOf, ROOT, rawCompose, readCompose } from '../support/compose.ts'
import { checkedBy, inFolder } from '../support/promtool.ts'
import { startRedis } from '../support/redis.ts'
import { requireTool } from '../support/require-tool.ts'
import { followStream } from '../support/stream-client.ts'

const { services } = readCompose(rawCompose('docker-compose.yml'))

/** Lays what a service has mounted below a folder, as the service sees it below its root. */
function mountBelow(folder: string, name: string): void {
  const service = services[name]
  if (!service) throw new Error(`there is no ${name}`)
  for (const { source, target, isVolume } of mountsOf(service)) {
    if (isVolume) continue
    mkdirSync(dirname(join(folder, target)), { recursive: true })
    cpSync(join(ROOT, source), join(folder, target), { recursive: true })
  }
}

test('promtool takes the configuration with its rules, where Prometheus sees them', async () => {
  await inFolder(async folder => {
    mountBelow(folder, 'prometheus')
    const file = join(folder, 'etc/prometheus/prometheus.yml')
    const { ok, text } = await checkedBy('promtool', ['check', 'config', file])
    expect(text).toMatch(/SUCCESS: [1-9]\d+ rules found/)
    expect(ok).toBe(true)
    const broken = { ...parse(readFileSync(file, 'utf8')), rule_file: [] }
    writeFileSync(file, stringify(broken))
    expect((await checkedBy('promtool', ['check', 'config', file])).text).toContain('rule_file not found')
  })
})

test('amtool takes what Alertmanager has mounted, with each receiver', async () => {
  await inFolder(async folder => {
    mountBelow(folder, 'alertmanager')
    const files = [
      join(folder, 'etc/alertmanager/alertmanager.yml'),
      ...['slack', 'pagerduty'].map(kind => {
        const { volumes = [] } = (
          rawCompose(`deploy/compose.${kind}.yml`) as { services: { alertmanager: { volumes: string[] } } }
        ).services.alertmanager
        return join(ROOT, volumes[0]?.split(':')[0] ?? '')
      }),
    ]
    for (const file of files) {
      const { ok, text } = await checkedBy('amtool', ['check-config', file])
      expect(text).toContain('2 receivers')
      expect(ok).toBe(true)
    }
  })
})

/** Starts nginx with a mounted configuration; what it says about other machines is replaced by what is here. */
async function startWith(name: string, folder: string, replace: (text: string) => string) {
  mountBelow(folder, name)
  const path = await requireTool('nginx')
  const file = join(folder, 'etc/nginx/nginx.conf')
  writeFileSync(file, replace(readFileSync(file, 'utf8').replaceAll('/tmp/', `${folder}/`)))
  const args = ['-p', folder, '-c', file, '-e', 'stderr']
  const checked = await startProcess({ name: 'nginx -t', command: path, args: [...args, '-t'] })
  const { code } = await checked.exited
  if (code !== 0) throw new Error(checked.tail().join('\n'))
  return startProcess({ name: 'nginx', command: path, args: [...args, '-g', 'daemon off;'], graceMs: 1_000 })
}

const answers = (url: string) =>
  until(
    () =>
      fetch(url).then(
        answer => answer.status,
        () => undefined,
      ),
    {
      what: url,
      timeoutMs: 10_000,
      signal: AbortSignal.timeout(15_000),
    },
  )

test('the proxy passes streams on to both servers; metrics stay inside', async () => {
  await inFolder(async folder => {
    await using redis = await startRedis(await requireTool('redis-server'))
    const log = createLogger('silent', process.stdout)
    const settings = { ...DEFAULT_SETTINGS, port: 0, metricsPort: 0, redisUrl: redis.url }
    const servers = [await startServer(settings, log), await startServer(settings, log)]
    const [first = '', second = ''] = servers.map(({ url }) => new URL(url).host)
    const { child, port } = await onFreePort(async port => {
      const replace = (text: string) =>
        text
          .replace('listen 8080', `listen 127.0.0.1:${port}`)
          .replace('server-1:8080', first)
          .replace('server-2:8080', second)
      return { child: await startWith('proxy', folder, replace), port }
    })
    try {
      const url = `http://127.0.0.1:${port}`
      expect(await answers(`${url}/proxy-health`)).toBe(204)
      const headers = { 'Content-Type': 'application/json' }
      const body = '{"kind":"batch","pace_ms":10}'
      const follow = async (_: unknown, seed: number) => {
        const answer = await fetch(url + TASKS_PATH, { method: 'POST', headers, body })
        const { task_id } = (await answer.json()) as { task_id: string }
        return followStream(task_id, () => url, seed)
      }
      const followed = await Promise.all(Array.from({ length: 8 }, follow))
      expect(followed.map(({ terminals, connections }) => [terminals, connections])).toEqual(
        Array.from({ length: 8 }, () => [1, 1]),
      )
      for (const { metricsUrl } of servers) {
        const text = await (await fetch(metricsUrl)).text()
        expect(text).toMatch(/ws_handshakes_total\{.*outcome="accepted".*\} [1-9]/)
      }
      expect((await fetch(`${url}/metrics`)).status).toBe(404)
    } finally {
      await child.stop()
      for (const server of servers) await server.stop()
    }
  })
})

test('the inbox writes each notification as a line', async () => {
  await inFolder(async folder => {
    let child: Awaited<ReturnType<typeof startWith>> | undefined
    const { port } = await onFreePort(async port => {
      const inner = await onFreePort(async free => free)
      const replace = (text: string) =>
        text
          .replaceAll('9095', String(port))
          .replaceAll('9096', String(inner))
          .replace('/dev/stdout', `${folder}/lines`)
      child = await startWith('inbox', folder, replace)
      return { port }
    })
    try {
      const url = `http://127.0.0.1:${port}`
      expect(await answers(`${url}/inbox-health`)).toBe(204)
      const body = JSON.stringify({ alerts: [{ status: 'firing', text: 'a "quoted" word' }] })
      expect((await fetch(`${url}/pager`, { method: 'POST', body })).status).toBe(200)
      const line = await until(() => readFileSync(`${folder}/lines`, 'utf8') || undefined, {
        what: 'the line',
        timeoutMs: 5_000,
        signal: AbortSignal.timeout(6_000),
      })
      expect(JSON.parse(line)).toMatchObject({ msg: 'notification', receiver: '/pager', body })
    } finally {
      await child?.stop()
    }
  })
})
