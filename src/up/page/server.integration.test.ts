import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PetrelError } from '#core'
import { sampleState } from './sample.ts'
import { type PageServer, servePage } from './server.ts'

let started: string[]
let ended: number
let fired: boolean
let errorLines: string[]
let rendered: number
let page: PageServer

beforeEach(async () => {
  started = []
  ended = 0
  fired = true
  errorLines = []
  rendered = 0
  page = await servePage({
    port: 0,
    async state() {
      rendered += 1
      return sampleState({ errorLines, ...(fired ? {} : { alerts: [] }) })
    },
    async startStorm(name) {
      if (name === 'busy') throw new PetrelError('storm_blowing', 'another still blows', { hint: 'wait' })
      if (name !== 'wrong-path') throw new PetrelError('bad_option', `"${name}" is no storm`)
      started.push(name)
    },
    async endStorm() {
      ended += 1
    },
  })
})
afterEach(() => page[Symbol.asyncDispose]())

/** A request with any headers, also those that `fetch` does not let one set. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  return new Promise<{ status: number; text: string; headers: Record<string, unknown> }>(
    (answered, failed) => {
      const asking = request(new URL(path, page.url), {
        method: options.method ?? 'GET',
        headers: options.headers ?? {},
      })
      asking.on('error', failed)
      asking.on('response', async response => {
        let text = ''
        for await (const chunk of response) text += chunk
        answered({ status: response.statusCode ?? 0, text, headers: response.headers })
      })
      asking.end(options.body)
    },
  )
}
const start = (headers: Record<string, string>, name = 'wrong-path') =>
  ask('/storms', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body: `name=${encodeURIComponent(name)}`,
  })

test('the page has a policy that lets nothing in from elsewhere; its state is there for programs', async () => {
  const shown = await ask('/')
  expect(shown).toMatchObject({ status: 200, text: expect.stringContaining('Petrel is up') })
  expect(shown.headers['content-security-policy']).toContain("default-src 'none'")
  expect(JSON.parse((await ask('/state.json')).text)).toMatchObject({
    alerts: [{ alert: 'WsWrongPathStorm' }, {}],
  })
  expect((await ask('/other')).status).toBe(404)
  expect((await ask('/', { method: 'PUT' })).status).toBe(405)
})

test('a storm is started from the page and by a program here, and leads back to the page', async () => {
  const origin = page.url.slice(0, -1)
  expect(await start({ Origin: origin, 'Sec-Fetch-Site': 'same-origin' })).toMatchObject({
    status: 303,
    headers: { location: '/' },
  })
  expect((await start({})).status).toBe(303)
  expect(started).toEqual(['wrong-path', 'wrong-path'])
  expect((await ask('/storms/end', { method: 'POST' })).status).toBe(303)
  expect(ended).toBe(1)
})

test.each([
  ['of another page', { Origin: 'https://elsewhere.example' }, 403],
  ['of a page without an origin', { Origin: 'null' }, 403],
  ['of another port here', { Origin: 'http://127.0.0.1:1' }, 403],
  ['that a browser says is from elsewhere', { 'Sec-Fetch-Site': 'cross-site' }, 403],
  ['to another name that leads here', { Host: 'elsewhere.example' }, 421],
])('a request %s starts nothing', async (_, headers, status) => {
  expect((await start(headers)).status).toBe(status)
  expect(started).toEqual([])
})

test('the page is not shown under another name', async () => {
  expect(await ask('/state.json', { headers: { Host: 'elsewhere.example' } })).toMatchObject({
    status: 421,
    text: expect.not.stringContaining('WsWrongPathStorm'),
  })
})

test('what cannot start says why: 400 for no storm, 409 while another blows, and long bodies are not read', async () => {
  expect(await start({}, '<b>')).toMatchObject({ status: 400, text: '"<b>" is no storm\n' })
  expect((await start({}, '<b>')).headers['content-type']).toContain('text/plain')
  expect(await start({}, 'busy')).toMatchObject({ status: 409, text: 'another still blows; wait\n' })
  expect((await start({}, 'x'.repeat(5_000))).status).toBe(400)
})

test('who looks on is sent what has changed, at once', async () => {
  const stop = new AbortController()
  const live = await fetch(`${page.url}live`, { signal: stop.signal })
  const reader = live.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const says = async (word: string) => {
    while (!text.includes(word)) text += (await reader?.read())?.value ?? ''
  }
  await says('data: <p role="status">')
  await says('one alert fires')
  fired = false
  page.changed()
  await says('all quiet')
  stop.abort()
})

test('who looks on and does not read is not sent every change, only what is there when it reads again', async () => {
  const { host, port } = new URL(page.url)
  const looker = connect(Number(port), '127.0.0.1')
  looker.pause()
  looker.write(`GET /live HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  // More than a connection takes unread.
  errorLines = ['x'.repeat(1_000_000)]
  for (let change = 1; change <= 40; change += 1) {
    page.changed()
    await expect.poll(() => rendered).toBeGreaterThanOrEqual(change)
  }
  errorLines = ['the last line']
  page.changed()
  const text = new Promise<string>(read => {
    const chunks: Buffer[] = []
    looker.on('data', chunk => {
      chunks.push(chunk)
      if (chunk.includes('the last line')) read(String(Buffer.concat(chunks)))
    })
    looker.resume()
  })
  expect((await text).split('data: <p role="status">').length).toBeLessThan(25)
  looker.destroy()
})

test('a port that is taken: which, and what to do', async () => {
  const port = Number(new URL(page.url).port)
  const other = servePage({
    port,
    state: async () => sampleState(),
    startStorm: async () => {},
    endStorm: async () => {},
  })
  await expect(other).rejects.toMatchObject({
    code: 'port_busy',
    message: expect.stringContaining(String(port)),
  })
})
