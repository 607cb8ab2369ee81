import { type RawData, WebSocket } from 'ws'

/** Told of what a client sends. */
export interface FrameHandlers {
  onMessage(data: RawData, isBinary: boolean): void
  onPing(data: Buffer): void
}

/**
 * The server's end of a stream. Frames go straight to whoever serves it: as listeners of ws's events they would be
 * 96 bytes more in each connection's table of them.
 */
export class StreamSocket extends WebSocket {
  frames: FrameHandlers | undefined = undefined
  onPong: { pong(): void } | undefined = undefined

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    switch (event) {
      case 'message':
        this.frames?.onMessage(args[0] as RawData, args[1] as boolean)
        return true
      case 'ping':
        this.frames?.onPing(args[0] as Buffer)
        return true
      case 'pong':
        this.onPong?.pong()
        return true
      default:
        return super.emit(event, ...args)
    }
  }
}
