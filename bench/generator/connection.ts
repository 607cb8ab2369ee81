import { connect, type Socket } from 'node:net'
import { FrameReader } from './frames.ts'

export interface ConnectionOptions {
  port: number
  path: string
  /** Source address: each has its own range of ports. */
  localAddress?: string
  /** Text frames that the server greets with; the connection is ready after them. */
  greeting: number
  /** Sent right after the 101, as a protocol on top of WebSocket may want. */
  hello?: string
  onReady(): void
  /** A text frame after the greeting. */
  onText(chunk: Buffer, start: number, length: number): void
  onEnd(end: ConnectionEnd): void
  /** Frames of protocols that have heartbeats of their own. */
  isHeartbeat?: (chunk: Buffer, start: number) => string | undefined
}

/** How a connection ended. */
export interface ConnectionEnd {
  /** Of the handshake; 0 of one that nobody answered. */
  status: number
  wasReady: boolean
  /** The server's, when it sent a close frame. */
  closeCode: number | undefined
  /** The socket's, as `ECONNRESET`. */
  error: string | undefined
}

/** All connections of a process read into one buffer, each chunk is done with before the next is read. */
const shared = Buffer.allocUnsafe(256 * 1024)
const END_OF_HEAD = Buffer.from('\r\n\r\n')
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])
const CLOSE = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8])

/** A WebSocket client that knows just enough: handshake, text frames, pong, close. */
export interface Connection {
  /** Says goodbye with 1000. */
  close(): void
  /** Leaves without a word. */
  cut(): void
}

export function openConnection(options: ConnectionOptions): Connection {
  const { port, path, localAddress, greeting, hello } = options
  let status = 0
  let texts = 0
  let closing = false
  let closeCode: number | undefined
  let error: string | undefined
  let head: Buffer | undefined = Buffer.alloc(0)
  const reader = new FrameReader({
    onText(chunk, start, length) {
      const answer = start < 0 ? undefined : options.isHeartbeat?.(chunk, start)
      if (answer !== undefined) return void socket.write(textFrame(answer))
      texts += 1
      if (texts === greeting) options.onReady()
      else if (texts > greeting) options.onText(chunk, start, length)
    },
    onPing: () => void socket.write(PONG),
    onClose(code) {
      closeCode = code
      if (closing) socket.end()
      else socket.end(CLOSE)
    },
  })
  const socket: Socket = connect({
    host: '127.0.0.1',
    port,
    noDelay: true,
    ...(localAddress === undefined ? {} : { localAddress }),
    onread: {
      buffer: shared,
      callback(read) {
        if (head) readHead(read)
        else reader.read(shared, 0, read)
        return true
      },
    },
  })
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  )

  function readHead(read: number): void {
    const chunk = shared.subarray(0, read)
    const all = head?.length ? Buffer.concat([head, chunk]) : chunk
    const end = all.indexOf(END_OF_HEAD)
    if (end < 0) {
      head = Buffer.from(all)
      return
    }
    head = undefined
    status = Number(all.toString('latin1', 9, 12))
    if (status !== 101) return void socket.destroy()
    if (hello !== undefined) socket.write(textFrame(hello))
    if (greeting === 0) options.onReady()
    reader.read(all, end + 4, all.length)
  }

  // Without a flowing stream nobody hears of its end.
  socket.resume()
  socket.on('error', (failure: Error & { code?: string }) => {
    error = failure.code
  })
  socket.once('close', () =>
    options.onEnd({ status, wasReady: texts >= greeting && status === 101, closeCode, error }),
  )
  return {
    close() {
      closing = true
      socket.write(CLOSE)
    },
    cut: () => void socket.destroy(),
  }
}

/** A masked text frame of less than 126 bytes; a mask of zeros is one. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}
