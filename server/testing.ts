import { once } from 'node:events'
import { Writable } from 'node:stream'
import { type ClientOptions, WebSocket } from 'ws'
import { systemClock } from '#core'
import { type StreamQuery, streamPath, TASKS_PATH } from '#protocol'
import { parseSamples, type Samples } from '../test/support/samples.ts'
import type { Faults } from './faults/index.ts'
import { createLogger, DEFAULT_SETTINGS, parseFaults, type ServerSettings, startServer } from './index.ts'
import type { Tracing } from './telemetry/tracing.ts'

/** A line of the server's log. */
export type LogLine = Readonly<Record<string, unknown>> & { msg: string; level: number }

/** The server in this process, on a free port, with its log at hand. */
export interface TestServer extends AsyncDisposable {
  url: string
  metricsUrl: string
  port: number
  /** All that was logged so far. */
  readonly lines: LogLine[]
  /** Lines at pino's level `error` and above. */
  errors(): LogLine[]
  createTask(task?: Record<string, unknown>): Promise<string>
  /** Opens the stream of a task. */
  open(taskId: string, query?: StreamQuery, options?: ClientOptions): TestClient
  metrics(): Promise<Samples>
  /** Puts a fault switch on a variant; the server must have been started with `faultControl`. */
  setFault(name: string, variant: string): Promise<void>
  stop(): Promise<void>
}

/** The switches of a server that has none on. */
export const NO_FAULTS: Pick<Faults, 'at'> = { at: (_place, healthy) => healthy }

export type Frame = Readonly<Record<string, unknown>> & { type: string }

export interface TestClient {
  ws: WebSocket
  /** What arrived so far. */
  frames: Frame[]
  opened: Promise<unknown>
  /** The close code. */
  closed: Promise<number>
  /** Waits for the first frame of a type, also one that came before. */
  receives(type: string): Promise<Frame>
}

/** A test comes and goes as a looping client does, from one address. What holds it back is tested by itself. */
const OPEN_TO_ALL = { loopFailures: 0, upgradeRate: 0 }

export async function startTestServer(
  settings: Partial<Omit<ServerSettings, 'faults'>> & { faults?: readonly string[] } = {},
  tracing?: Tracing,
): Promise<TestServer> {
  const lines: LogLine[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).split('\n')) if (line) lines.push(JSON.parse(line))
      done()
    },
  })
  const log = createLogger('info', sink)
  const server = await startServer(
    { ...DEFAULT_SETTINGS, port: 0, ...OPEN_TO_ALL, ...settings, faults: parseFaults(settings.faults ?? []) },
    log,
    systemClock,
    tracing,
  )
  const clients: WebSocket[] = []
  return {
    url: server.url,
    metricsUrl: server.metricsUrl,
    port: Number(new URL(server.url).port),
    get lines() {
      log.flush()
      return lines
    },
    errors: () => lines.filter(({ level }) => level >= 50),
    async createTask(task = {}) {
      const response = await fetch(`${server.url}${TASKS_PATH}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ kind: 'roadmap_generation', steps: 3, pace_ms: 5, ...task }),
      })
      const { task_id } = (await response.json()) as { task_id: string }
      return task_id
    },
    open(taskId, query, options) {
      const client = testClient(
        new WebSocket(server.url.replace('http', 'ws') + streamPath(taskId, query), options),
      )
      clients.push(client.ws)
      return client
    },
    metrics: async () => parseSamples(await (await fetch(server.metricsUrl)).text()),
    async setFault(name, variant) {
      const response = await fetch(`${server.url}/debug/faults/${name}`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ variant }),
      })
      if (!response.ok) throw new Error(`the switch was refused: ${await response.text()}`)
    },
    stop: () => server.stop(),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.terminate()
      await server.stop()
    },
  }
}

function testClient(ws: WebSocket): TestClient {
  const frames: Frame[] = []
  const waiting = new Set<() => void>()
  ws.on('message', data => {
    frames.push(JSON.parse(String(data)))
    for (const look of waiting) look()
  })
  ws.on('error', () => {})
  const opened = once(ws, 'open')
  opened.catch(() => {})
  return {
    ws,
    frames,
    opened,
    closed: new Promise(done => ws.once('close', done)),
    receives: type =>
      new Promise((found, failed) => {
        const look = () => {
          const frame = frames.find(one => one.type === type)
          if (!frame) return
          waiting.delete(look)
          found(frame)
        }
        waiting.add(look)
        ws.once('close', code =>
          failed(new Error(`closed with ${code} before a frame "${type}": ${JSON.stringify(frames)}`)),
        )
        look()
      }),
  }
}

/** Setting of a server whose external tasks a test feeds. */
export const PRODUCER_TOKEN = 'of-the-test'

/** Publishes an event of a task that was created with `work: 'external'`. */
export async function publish(
  server: TestServer,
  taskId: string,
  event: Record<string, unknown>,
): Promise<void> {
  const response = await fetch(`${server.url}${TASKS_PATH}/${taskId}/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${PRODUCER_TOKEN}` },
    body: JSON.stringify(event),
  })
  if (!response.ok) throw new Error(`the event was refused: ${response.status} ${await response.text()}`)
}

export const progress = (share: number) => ({ type: 'progress', progress: share, stage: 'working' })
