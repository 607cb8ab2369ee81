import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { TASKS_PATH } from '#protocol'
import { onFreePort, startProcess, until } from '#stack'
import { startCommand } from '../support/command.ts'
import { ROOT } from '../support/compose.ts'
import { sendForward } from '../support/fluent-forward.ts'
import { goProgram } from '../support/go-program.ts'
import { requireTool } from '../support/require-tool.ts'
import { followStream } from '../support/stream-client.ts'

const run = promisify(execFile)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'petrel-compose-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What Docker Compose's own parser makes of files, or what it says against them. */
async function composed(files: readonly string[], ...flags: string[]) {
  const parser = await goProgram('compose-go-2.16.2', async go => {
    await go('install', 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2')
    return 'cmd'
  })
  try {
    const { stdout } = await run(parser, [...flags, ...files], { cwd: ROOT, env: {} })
    return {
      model: parse(stdout) as { services: Record<string, { volumes: { source: string; target: string }[] }> },
    }
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    return { refusal: stdout + stderr }
  }
}

test("Compose's own parser takes the stack, and refuses it with a key that it does not know", async () => {
  const { model } = await composed(['docker-compose.yml'])
  expect(Object.keys(model?.services ?? {})).toContain('server-2')
  const broken = join(folder, 'broken.yml')
  writeFileSync(
    broken,
    readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8').replace('mem_limit: 384m', 'memory: 384m'),
  )
  expect((await composed([broken])).refusal).toContain('memory')
})

test.each([
  ['slack', 'PETREL_SLACK_URL_FILE'],
  ['pagerduty', 'PETREL_PAGERDUTY_PAGER_FILE'],
])(
  'with %s it asks for its secrets, and its routes take the place of the webhook',
  async (kind, variable) => {
    const files = ['docker-compose.yml', `deploy/compose.${kind}.yml`]
    expect((await composed(files)).refusal).toContain(`required variable ${variable} is missing`)
    const { model } = await composed(files, '-no-interpolation')
    const mounted = model?.services.alertmanager?.volumes.filter(({ target }) =>
      target.endsWith('alertmanager.yml'),
    )
    expect(mounted?.map(({ source }) => relative(ROOT, source))).toEqual([
      `dashboards/out/alertmanager/${kind}.yml`,
    ])
  },
)

/** Takes what the collector sends, as JSON, by path. */
async function sink() {
  const bodies: { path: string; body: unknown }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    bodies.push({ path: request.url ?? '', body: JSON.parse(String(Buffer.concat(chunks))) })
    response.setHeader('Content-Type', 'application/json').end('{}')
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    texts: (path: string) => bodies.filter(one => one.path === path).map(({ body }) => JSON.stringify(body)),
    close: () => server.close(),
  }
}

async function startCollector(target: string) {
  const program = await goProgram('otelcol-0.160.0', async (go, into) => {
    await go('install', 'go.opentelemetry.io/collector/cmd/builder@v0.160.0')
    const config = readFileSync(join(ROOT, 'test/support/collector/builder.yaml'), 'utf8')
    writeFileSync(join(into, 'builder.yaml'), config.replace('dist:', `dist:\n  output_path: ${into}/dist`))
    await run(join(into, 'builder'), ['--config', join(into, 'builder.yaml')], {
      cwd: into,
      env: { ...process.env, GOWORK: 'off', CGO_ENABLED: '0' },
      maxBuffer: 1e8,
    })
    return 'dist/otelcol'
  })
  const file = join(ROOT, 'deploy/collector/config.yaml')
  await run(program, ['validate', '--config', file])
  const ports = { otlp: 0, lines: 0, health: 0 }
  for (const name of ['otlp', 'lines', 'health'] as const) ports[name] = await onFreePort(async port => port)
  const json = (name: string) => `--config=yaml:exporters::${name}: { encoding: json, compression: none }`
  const child = await startProcess({
    name: 'the collector',
    command: program,
    args: [
      `--config=${file}`,
      `--config=yaml:receivers::otlp::protocols::http::endpoint: 127.0.0.1:${ports.otlp}`,
      `--config=yaml:receivers::fluent_forward::endpoint: 127.0.0.1:${ports.lines}`,
      `--config=yaml:extensions::health_check::endpoint: 127.0.0.1:${ports.health}`,
      json('otlp_http/tempo'),
      json('otlp_http/loki'),
    ],
    env: { TEMPO_ENDPOINT: target, LOKI_ENDPOINT: `${target}/otlp` },
  })
  await until(
    () =>
      fetch(`http://127.0.0.1:${ports.health}/`).then(
        ({ ok }) => ok,
        () => false,
      ),
    {
      what: `the collector: ${child.tail().join('\n')}`,
      timeoutMs: 20_000,
      signal: AbortSignal.timeout(25_000),
    },
  )
  return { child, ports }
}

test('the collector takes its configuration; a stream leaves a trace, and its log lines carry it', async () => {
  const target = await sink()
  const { child, ports } = await startCollector(target.url)
  try {
    using serve = startCommand(
      ['serve', '--port', '0', '--fault', 'send-in-catch', '--history-read', '40ms'],
      {
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.otlp}`,
          OTEL_SERVICE_NAME: 'progress',
          OTEL_BSP_SCHEDULE_DELAY: '100',
        },
      },
    )
    await serve.says('server_listening')
    const url = /"url":"(http:[^"]+)"/.exec(serve.out())?.[1] ?? ''
    const headers = { 'Content-Type': 'application/json' }
    const created = await fetch(url + TASKS_PATH, {
      method: 'POST',
      headers,
      body: '{"kind":"batch","pace_ms":5}',
    })
    const { task_id } = (await created.json()) as { task_id: string }
    expect(await followStream(task_id, () => url, 1)).toMatchObject({ terminals: 1 })
    // A wrong path is refused, and logged with its trace.
    await expect(followStream('x', () => `${url}/wrong`, 1)).resolves.toMatchObject({ terminals: 0 })
    serve.signal('SIGTERM')
    expect(await serve.exited).toBe(0)
    const lines = serve.out().trim().split('\n')
    const traced = lines.find(line => line.includes('"trace_id"')) ?? ''
    expect(traced).not.toBe('')
    await sendForward(
      ports.lines,
      'petrel',
      lines.map(log => ({
        log,
        source: 'stdout',
        container_id: 'c1',
        'com.docker.compose.service': 'server-1',
      })),
    )
    const { trace_id, level } = JSON.parse(traced) as { trace_id: string; level: number }
    const found = (path: string, text: string) =>
      until(() => target.texts(path).find(body => body.includes(text)), {
        what: `${text} at ${path}`,
        timeoutMs: 20_000,
        signal: AbortSignal.timeout(25_000),
      })
    // Tempo has the trace under the name by which Grafana looks for its lines in Loki.
    expect(await found('/v1/traces', `"traceId":"${trace_id}"`)).toContain(
      '{"key":"service.name","value":{"stringValue":"progress"}}',
    )
    const logs = await found('/otlp/v1/logs', `"traceId":"${trace_id}"`)
    expect(logs).toContain('{"key":"service.name","value":{"stringValue":"progress"}}')
    expect(logs).toContain('{"key":"service.instance.id","value":{"stringValue":"server-1"}}')
    expect(logs).toContain(`"severityNumber":${level >= 50 ? 17 : level >= 40 ? 13 : 9}`)
    // The line itself is as the server wrote it: Grafana finds the trace in it.
    expect(logs).toContain(JSON.stringify({ stringValue: traced }))
  } finally {
    await child.stop()
    target.close()
  }
})

/** Lays out what deploy/petrel/Dockerfile copies, with the dependencies that `npm ci --omit=dev` gives. */
async function layOutImage(into: string): Promise<void> {
  const dockerfile = readFileSync(join(ROOT, 'deploy/petrel/Dockerfile'), 'utf8')
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  for (const [, source = '', target = ''] of last.matchAll(/^COPY (?!--from)(\S+) (\S+)$/gm)) {
    const filter = (path: string) => !/\.test\.ts$|\/testing\.ts$/.test(path)
    cpSync(join(ROOT, source), target === './' ? join(into, source) : join(into, target), {
      recursive: true,
      filter,
    })
  }
  const { stdout } = await run('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: ROOT,
    maxBuffer: 1e8,
  }).catch((error: { stdout: string }) => error)
  const tops = new Set(
    stdout
      .split('\n')
      .map(path => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path.slice(ROOT.length))?.[1])
      .filter(name => name !== undefined),
  )
  expect(tops).not.toContain('vitest')
  for (const name of tops) {
    const link = join(into, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), link)
  }
}

test('what the image holds is enough to serve and to make its traffic', async () => {
  const k6 = await requireTool('k6')
  const image = join(folder, 'app')
  await layOutImage(image)
  const command = [process.execPath, join(image, 'src/cli/bin.ts')]
  using serve = startCommand(['serve', '--port', '0'], { command })
  await serve.says('server_listening')
  const url = /"url":"(http:[^"]+)"/.exec(serve.out())?.[1] ?? ''
  const short = ['warmup', 'steady', 'fault', 'recovery'].flatMap(phase => [`--${phase}`, '3s'])
  using load = startCommand(['load', 'healthy', '--target', url, '--clients', '2', ...short], {
    command,
    env: { PETREL_K6: k6, PETREL_OFFLINE: '1', NODE_ENV: 'production' },
  })
  expect([await load.exited, load.err()]).toEqual([0, expect.any(String)])
  serve.signal('SIGTERM')
  expect(await serve.exited).toBe(0)
})
