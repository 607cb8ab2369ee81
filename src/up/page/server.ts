import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorText, PetrelError } from '#core'
import { PAGE_POLICY, renderLive, renderPage } from './page.ts'
import type { UpState } from './state.ts'

export interface PageOptions {
  /** 0 takes a free one. */
  port: number
  state: () => Promise<UpState>
  startStorm: (name: string) => Promise<unknown>
  endStorm: () => Promise<unknown>
}

export interface PageServer extends AsyncDisposable {
  url: string
  /** Something has changed that nobody should wait for. */
  changed(): void
}

const LIVE_EVERY_MS = 2_000
const MOST_BODY = 1_024

/**
 * Serves the page on loopback: `/`, `/live` (server-sent events), `/state.json`, and storms by `POST /storms`.
 * @throws PetrelError `port_busy`
 */
export async function servePage(options: PageOptions): Promise<PageServer> {
  const watchers = new Set<ServerResponse>()
  let own: ReadonlySet<string> = new Set()
  let isSending = false
  let isStale = false

  /** Sends the page's changing part to everybody who looks on; what changes meanwhile is sent after it. */
  async function send(): Promise<void> {
    isStale = true
    if (isSending || watchers.size === 0) return
    isSending = true
    try {
      while (isStale) {
        isStale = false
        const data = renderLive(await options.state()).text.replaceAll(/^/gm, 'data: ')
        // Each says all: who has not read the last one yet misses nothing by waiting for the next.
        for (const response of watchers) if (!response.writableNeedDrain) response.write(`${data}\n\n`)
      }
    } finally {
      isSending = false
    }
  }
  const changed = () => void send().catch(() => {})

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Another name that leads here, or another page that sends a form: neither is the person before the terminal.
    if (!own.has(`http://${request.headers.host}`)) return refuse(response, 421, 'this is not that server')
    const path = request.url?.split('?', 1)[0] ?? ''
    if (request.method === 'GET' || request.method === 'HEAD') return show(path, response)
    if (request.method !== 'POST') return refuse(response, 405, 'GET or POST')
    const { origin } = request.headers
    const site = request.headers['sec-fetch-site']
    if ((origin !== undefined && !own.has(origin)) || (site !== undefined && site !== 'same-origin')) {
      return refuse(response, 403, 'storms are started from the page itself, or by a program on this machine')
    }
    const form = new URLSearchParams(await bodyOf(request))
    if (path === '/storms') await options.startStorm(form.get('name') ?? '')
    else if (path === '/storms/end') await options.endStorm()
    else return refuse(response, 404, 'nothing is here')
    changed()
    response.writeHead(303, { Location: '/' }).end()
  }

  async function show(path: string, response: ServerResponse): Promise<void> {
    if (path === '/live') {
      response
        .writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
        .flushHeaders()
      watchers.add(response)
      response.once('close', () => watchers.delete(response))
      return changed()
    }
    if (path !== '/' && path !== '/state.json') return refuse(response, 404, 'nothing is here')
    const state = await options.state()
    const [type, text] =
      path === '/' ? ['text/html', renderPage(state)] : ['application/json', JSON.stringify(state)]
    response
      .writeHead(200, {
        'Content-Type': `${type}; charset=utf-8`,
        'Cache-Control': 'no-store',
        'Content-Security-Policy': PAGE_POLICY,
        'X-Content-Type-Options': 'nosniff',
        // Without a referrer at all a browser sends its forms with the origin `null`.
        'Referrer-Policy': 'same-origin',
      })
      .end(text)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(error => {
      const isOurs = error instanceof PetrelError
      const hint = isOurs && error.hint ? `; ${error.hint}` : ''
      refuse(response, isOurs ? (error.code === 'storm_blowing' ? 409 : 400) : 500, errorText(error) + hint)
    })
  })
  server.listen(options.port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new PetrelError('port_busy', `the page cannot have port ${options.port} of 127.0.0.1`, {
      hint: 'choose another with --port, or --port 0 for a free one',
      cause,
    })
  }
  const { port } = server.address() as AddressInfo
  own = new Set([`http://127.0.0.1:${port}`, `http://localhost:${port}`])
  const ticker = setInterval(changed, LIVE_EVERY_MS)
  return {
    url: `http://127.0.0.1:${port}/`,
    changed,
    async [Symbol.asyncDispose]() {
      clearInterval(ticker)
      const closed = new Promise(done => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.end()
  response
    .writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
    .end(`${text}\n`)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) {
    body += chunk
    if (body.length > MOST_BODY) throw new PetrelError('bad_option', 'the request is too long')
  }
  return body
}
