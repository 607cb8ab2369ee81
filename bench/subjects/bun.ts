import { MESSAGE_BYTES, serveSubject } from './subject.ts'

/** What is used of Bun's own server. */
interface BunServer {
  port: number
  upgrade(request: Request): boolean
  publish(topic: string, text: string): number
}
interface BunSocket {
  subscribe(topic: string): void
  send(text: string): number
}
const { Bun } = globalThis as unknown as { Bun: { serve(options: object): BunServer } }

const TOPIC = 'all'
let server: BunServer

serveSubject({
  async start({ port = 0 }: { port?: number }) {
    const greeting = 'x'.repeat(MESSAGE_BYTES)
    server = Bun.serve({
      hostname: '127.0.0.1',
      port,
      fetch: (request: Request, at: BunServer) =>
        at.upgrade(request) ? undefined : new Response(null, { status: 404 }),
      websocket: {
        open(ws: BunSocket) {
          ws.subscribe(TOPIC)
          ws.send(greeting)
        },
        message() {},
        perMessageDeflate: false,
      },
    })
    return { port: server.port, paths: ['/0'] }
  },
  publish: text => void server.publish(TOPIC, text.padEnd(MESSAGE_BYTES, 'x')),
})
