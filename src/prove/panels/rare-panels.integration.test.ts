import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { withScope } from '#core'
import { panelQueries } from '#dashboards'
import { streamPath, TASKS_PATH } from '#protocol'
import { prometheusClient, startReferenceServer } from '#run'
import { startPrometheus, temporaryFolder } from '#stack'
import { requireTool } from '../../../test/support/require-tool.ts'
import { panelFindings } from './panel-findings.ts'
import { probePanels } from './probe-panels.ts'

/** Panels that no crowd of k6 moves: its clients send no frames, and its servers hold nobody back. */
const RARE = [
  'Frames from clients',
  'Loops that were broken',
  'Held back by admission',
  'Turned away by admission',
  'Ended and still open',
  'Fault switches that are on',
  'Subscribers',
]

const put = (url: string, variant: string) =>
  fetch(`${url}/debug/faults/never-closes`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ variant }),
  })

async function createTask(url: string, steps: number): Promise<string> {
  const response = await fetch(url + TASKS_PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ kind: 'roadmap_generation', steps, pace_ms: 50 }),
  })
  return ((await response.json()) as { task_id: string }).task_id
}

const dial = (url: string, path: string) => {
  const socket = new WebSocket(url.replace('http', 'ws') + path)
  socket.on('error', () => {})
  return socket
}
const opened = (socket: WebSocket) => new Promise(open => socket.once('open', open))
const closed = (socket: WebSocket) => new Promise(end => socket.once('close', end))

test('panels that no crowd moves are moved by a client that talks, one that loops, and a fault that is switched', async () => {
  const { signal } = new AbortController()
  await withScope(async scope => {
    const folder = scope.use(await temporaryFolder('panels-test')).path
    const flags = ['--loop-failures', '5', '--loop-hold', '2s']
    const server = scope.use(await startReferenceServer({ name: 'the server', flags, signal }))
    const service = scope.use(
      await startPrometheus({
        path: await requireTool('prometheus'),
        folder,
        jobs: [{ job: 'web', target: server.address }],
        ruleFiles: [],
        interval: '1s',
        signal,
      }),
    )
    const client = prometheusClient(service.url, signal)
    const holds = (query: string) =>
      expect.poll(async () => (await client.query(query, Date.now())).length).toBeGreaterThan(0)
    await holds('count_over_time(up{job="web"}[10s]) >= 4')
    const from = Date.now()

    const talker = dial(server.url, streamPath(await createTask(server.url, 600)))
    scope.defer(() => talker.terminate())
    await opened(talker)
    talker.send('{"type":"ping"}')
    talker.send('{"type":"get_status"}')
    const flapped = await createTask(server.url, 600)
    for (let attempt = 0; attempt < 12; attempt++) {
      const socket = dial(server.url, streamPath(flapped, { clientId: 'looping' }))
      socket.on('open', () => socket.close())
      await closed(socket)
    }
    await put(server.url, 'never')
    const follower = dial(server.url, streamPath(await createTask(server.url, 2)))
    scope.defer(() => follower.terminate())
    await holds('ws_finished_connections > 0')
    await put(server.url, 'off')

    const queries = panelQueries().filter(({ panel }) => RARE.includes(panel))
    expect([...new Set(queries.map(({ panel }) => panel))].toSorted()).toEqual(RARE.toSorted())
    const findings = async () => {
      const run = { job: 'web', span: { from, to: Date.now() } }
      return panelFindings(await probePanels(client, [run], queries))
    }
    await expect.poll(findings).toEqual([])
  })
})
