import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startProcess } from '#stack'
import { parseSamples } from '../test/support/samples.ts'

const FILE = join(import.meta.dirname, 'instrumented-server.ts')

/** Runs the example as its first lines say, on a free port. */
async function startExample() {
  const listening = Promise.withResolvers<number>()
  const example = await startProcess({
    name: 'the example',
    command: process.execPath,
    args: ['--conditions=source', FILE],
    env: { PORT: '0' },
    signal: new AbortController().signal,
    onLine(line) {
      const port = /listening at .*port: (\d+)/.exec(line)?.[1]
      if (port) listening.resolve(Number(port))
    },
  })
  const ended = example.exited.then(() => {
    throw new Error(`the example ended: ${example.tail().join('\n')}`)
  })
  ended.catch(() => {})
  return { port: await Promise.race([listening.promise, ended]), example }
}

test('the example measures a server of its own: an echo, a wrong path, a client that leaves at once', async () => {
  const { port, example } = await startExample()
  try {
    const client = new WebSocket(`ws://127.0.0.1:${port}/chat/lobby`)
    const [welcome] = await once(client, 'message')
    client.send('hello')
    const [echo] = await once(client, 'message')
    expect([String(welcome), String(echo)]).toEqual(['welcome', 'you said: hello'])
    client.close()
    await once(client, 'close')

    const lost = new WebSocket(`ws://127.0.0.1:${port}/api/chat/lobby`)
    const [error] = await once(lost, 'error')
    expect(error.message).toContain('404')

    const page = async () => parseSamples(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
    const value = async (key: string) => (await page()).get(key)
    await expect
      .poll(() => value('ws_sessions_total{reason="short_lived",verdict="bad"}'), { timeout: 5_000 })
      .toBe(1)
    const accepted = 'outcome="accepted",reason="ok",route="/chat/{room}",status="101"'
    expect(await value(`ws_handshakes_total{${accepted}}`)).toBe(1)
    const refused = 'outcome="refused",reason="wrong_path",route="unmatched",status="404"'
    expect(await value(`ws_handshakes_total{${refused}}`)).toBe(1)
    expect(await value('ws_unmatched_path_total{near_miss="extra_prefix"}')).toBe(1)
    expect(await value('ws_sends_total{outcome="ok",type="other"}')).toBe(2)
  } finally {
    await example.stop()
  }
})

test('it is as short as the README says', () => {
  const code = readFileSync(FILE, 'utf8')
    .replace(/^\/\*\*[\s\S]*?\*\/\n/, '')
    .split('\n')
    .filter(line => line.trim() !== '')
  expect(code.length).toBeLessThanOrEqual(32)
})
