/**
 * Your own `ws` server, measured by Petrel. Run it from here with Node 22.18 or later (./petrel keeps one in .petrel/node):
 * node --conditions=source examples/instrumented-server.ts
 * Then connect to /chat/lobby, dial a wrong path, and read /metrics.
 */
import { createServer } from 'node:http'
import { fits, instrument, pathOf } from 'petrel/instrument'
import { WebSocketServer } from 'ws'

const ROUTE = '/chat/{room}'
const http = createServer(async (request, response) => {
  if (request.url !== '/metrics') return response.writeHead(404).end()
  response.setHeader('Content-Type', meter.register.contentType)
  response.end(await meter.register.metrics())
})
const wss = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 })
// Every frame of a chat is of use; a chat has no terminal one.
const hooks = { isUseful: () => true, isTerminal: () => false }
const meter = instrument({ http, wss, routes: [ROUTE], hooks })

http.on('upgrade', (request, socket, head) => {
  if (!fits(pathOf(request.url), ROUTE)) {
    return meter.refuse(request, socket, { status: 404, reason: 'wrong_path' })
  }
  wss.handleUpgrade(request, socket, head, ws => {
    const session = meter.session(ws)
    session.send('welcome', 'greeting')
    ws.on('message', text => session.send(`you said: ${text}`, 'echo'))
    ws.on('error', error => console.error('socket failed:', error.message))
  })
})
http.listen(Number(process.env.PORT ?? 8081), '127.0.0.1', () => {
  console.log('listening at', http.address())
})
