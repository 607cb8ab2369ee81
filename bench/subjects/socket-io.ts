import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { MESSAGE_BYTES, serveSubject } from './subject.ts'

/** What is used of Socket.IO: it is installed beside us, not with us. */
interface Server {
  on(event: 'connection', listener: (socket: { emit(event: string, text: string): void }) => void): void
  emit(event: string, text: string): void
}
const { PETREL_BENCH_PEERS = '' } = process.env
const { Server: SocketIo } = createRequire(join(PETREL_BENCH_PEERS, 'package.json'))('socket.io') as {
  Server: new (http: object, options: object) => Server
}

const http = createServer()
const io = new SocketIo(http, { transports: ['websocket'], serveClient: false })
/** Engine.IO and Socket.IO add `42["m",""]` to the text. */
const TEXT_BYTES = MESSAGE_BYTES - 10

serveSubject({
  async start({ port = 0 }: { port?: number }) {
    io.on('connection', socket => socket.emit('m', 'x'.repeat(TEXT_BYTES)))
    await new Promise<void>(resolve => http.listen(port, '127.0.0.1', 4_096, resolve))
    return { port: (http.address() as AddressInfo).port, paths: ['/socket.io/?EIO=4&transport=websocket'] }
  },
  publish: text => io.emit('m', text.padEnd(TEXT_BYTES, 'x')),
})
