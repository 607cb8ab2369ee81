import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Listening, MESSAGE_BYTES, serveSubject } from './subject.ts'

/** `ws` and nothing else: what everything is compared with. Clients of a topic are those of its path. */
const topics = new Map<string, Set<WebSocket>>()

async function start({ topics: count, port = 0 }: { topics: number; port?: number }): Promise<Listening> {
  const paths = Array.from({ length: count }, (_, topic) => `/${topic}`)
  for (const path of paths) topics.set(path, new Set())
  const http = createServer()
  const wss = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false })
  const greeting = 'x'.repeat(MESSAGE_BYTES)
  http.on('upgrade', (request, socket, head) => {
    const clients = topics.get(request.url ?? '')
    if (!clients) return void socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
    wss.handleUpgrade(request, socket, head, ws => {
      clients.add(ws)
      ws.on('close', () => clients.delete(ws))
      ws.on('error', () => {})
      ws.send(greeting)
    })
  })
  await new Promise<void>(resolve => http.listen(port, '127.0.0.1', 4_096, resolve))
  return { port: (http.address() as AddressInfo).port, paths }
}

serveSubject({
  start,
  publish(text, topic) {
    const message = text.padEnd(MESSAGE_BYTES, 'x')
    for (const ws of topics.get(`/${topic}`) ?? []) ws.send(message)
  },
})
