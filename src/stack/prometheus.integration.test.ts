import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireTool } from '../../test/support/require-tool.ts'
import { startAlertmanager } from './alertmanager.ts'
import { startPrometheus } from './prometheus.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './wait.ts'

const { signal } = new AbortController()

/** Keeps the bodies that are posted to it. */
async function startReceiver() {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString('utf8'))
    response.end()
  })
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    bodies,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(closed => server.close(closed))
    },
  }
}

const alwaysFiring = `
groups:
  - name: test
    rules:
      - alert: AlwaysFiring
        expr: vector(1)
        labels: { severity: page }
`

test('an alert goes through both to a webhook; both end and leave nothing', async () => {
  const prometheusPath = await requireTool('prometheus')
  const alertmanagerPath = await requireTool('alertmanager')
  await using receiver = await startReceiver()
  const folder = await temporaryFolder('services')
  const ruleFile = join(folder.path, 'rules with a space.yml')
  writeFileSync(ruleFile, alwaysFiring)

  const alertmanager = await startAlertmanager({
    path: alertmanagerPath,
    folder: folder.path,
    webhookUrl: receiver.url,
    signal,
  })
  const prometheus = await startPrometheus({
    path: prometheusPath,
    folder: folder.path,
    jobs: [{ job: 'itself', target: new URL(alertmanager.url).host }],
    ruleFiles: [ruleFile],
    alertmanager: alertmanager.url,
    interval: '1s',
    signal,
  })
  try {
    const body = await until(() => receiver.bodies[0], { what: 'the webhook', timeoutMs: 30_000, signal })
    expect(JSON.parse(body)).toMatchObject({
      status: 'firing',
      alerts: [{ labels: { alertname: 'AlwaysFiring', severity: 'page' } }],
    })
    const up = await fetch(`${prometheus.url}/api/v1/query?query=up`)
    expect(await up.json()).toMatchObject({ data: { result: [{ metric: { job: 'itself' } }] } })
  } finally {
    await prometheus[Symbol.asyncDispose]()
    await alertmanager[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  }
  for (const { process: ended, url } of [prometheus, alertmanager]) {
    expect(() => process.kill(ended.pid, 0)).toThrow('ESRCH')
    await expect(fetch(url)).rejects.toThrow()
  }
  expect(existsSync(folder.path)).toBe(false)
})

test('a Prometheus that cannot read its rules says why, once', async () => {
  const path = await requireTool('prometheus')
  await using folder = await temporaryFolder('services')
  const ruleFile = join(folder.path, 'broken.yml')
  writeFileSync(ruleFile, 'groups: [{ name: x, rules: [{ alert: A, expr: "rate(" }] }]')
  const start = startPrometheus({
    path,
    folder: folder.path,
    jobs: [],
    ruleFiles: [ruleFile],
    interval: '1s',
    signal,
  })
  await expect(start).rejects.toMatchObject({
    code: 'service_start_failed',
    message: 'Prometheus ended while it started',
    hint: expect.stringContaining('parse error'),
  })
})

test('one that dies is noticed by whoever watches its end', async () => {
  const path = await requireTool('prometheus')
  await using folder = await temporaryFolder('services')
  await using prometheus = await startPrometheus({
    path,
    folder: folder.path,
    jobs: [],
    ruleFiles: [],
    interval: '1s',
    signal,
  })
  process.kill(prometheus.process.pid, 'SIGKILL')
  expect(await prometheus.process.exited).toEqual({ code: undefined, signal: 'SIGKILL' })
})

test('Ctrl-C while one starts leaves no process', async () => {
  await using folder = await temporaryFolder('services')
  // One that is never ready: a real one may be, before anybody can press a key.
  const path = join(folder.path, 'never-ready')
  const pidFile = join(folder.path, 'pid')
  writeFileSync(path, `#!/bin/sh\necho $$ > ${pidFile}.new\nmv ${pidFile}.new ${pidFile}\nexec sleep 600\n`, {
    mode: 0o755,
  })
  const ctrlC = new AbortController()
  const start = startPrometheus({
    path,
    folder: folder.path,
    jobs: [],
    ruleFiles: [],
    interval: '1s',
    signal: ctrlC.signal,
  })
  await until(() => existsSync(pidFile), { what: 'its start', timeoutMs: 10_000, signal })
  ctrlC.abort(new Error('interrupted'))
  await expect(start).rejects.toThrow('interrupted')
  expect(existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}`)).toBe(false)
})
