import { WebSocket } from 'ws'
import type { Clock } from '#core'

/** What became of clients that read badly. */
export interface BadReaderFigures {
  readers: number
  reads: 'nothing' | 'little'
  /** Time between the server's pings, as its greeting says. */
  heartbeatMs: number | null
  /** Frames that they read in all. */
  framesRead: number
  /** Those that were still connected when the fault phase ended. */
  stillOpen: number
  /** Close codes that the others got, 1006 where none came. */
  closes: Readonly<Record<string, number>>
}

export interface BadReaders extends AsyncDisposable {
  /** Resolves when each is connected, or is not any more. */
  opened: Promise<unknown>
  /** They stop to read, or begin to read little. */
  begin(): void
  /** They read once more, to learn what was sent to them, and leave; what became of them. */
  end(): Promise<BadReaderFigures>
}

/** A reader that reads little reads for a moment, then not for longer, in milliseconds. */
const READS_FOR_MS = 5
const PAUSES_FOR_MS = 500
/** What waits in a socket's buffer is read within this time. */
const LAST_READ_MS = 300

/**
 * Connects clients that follow one task each and later leave their sockets unread: k6 cannot do that, it always
 * reads. One that reads nothing answers no ping either, as a peer that is gone without a word.
 */
export function connectBadReaders(
  urls: readonly string[],
  reads: 'nothing' | 'little',
  clock: Pick<Clock, 'after'>,
): BadReaders {
  let framesRead = 0
  let heartbeatMs: number | null = null
  let isOver = false
  const closes: Record<string, number> = {}
  const sockets = urls.map(url => {
    const ws = new WebSocket(url, { perMessageDeflate: false })
    ws.on('message', data => {
      framesRead += 1
      heartbeatMs ??= heartbeatOf(String(data))
    })
    ws.on('error', () => {})
    ws.once('close', code => {
      if (!isOver) closes[code] = (closes[code] ?? 0) + 1
    })
    return ws
  })
  const opened = Promise.all(
    sockets.map(ws => new Promise<void>(done => void ws.once('open', done).once('close', () => done()))),
  )
  const isOpen = (ws: WebSocket) => ws.readyState === WebSocket.OPEN

  function readLittle(ws: WebSocket): void {
    if (isOver || !isOpen(ws)) return
    ws.resume()
    clock.after(READS_FOR_MS, () => {
      if (isOver || !isOpen(ws)) return
      ws.pause()
      clock.after(PAUSES_FOR_MS, () => readLittle(ws))
    })
  }
  const cut = () => {
    isOver = true
    for (const ws of sockets) ws.terminate()
  }
  /** As a page that is closed does: whom it left is no interruption. */
  const leave = async () => {
    isOver = true
    const left = Promise.all(
      sockets.filter(isOpen).map(ws => {
        ws.close()
        return new Promise(closed => ws.once('close', closed))
      }),
    )
    await Promise.race([left, new Promise<void>(over => clock.after(LAST_READ_MS, over))])
    cut()
  }
  return {
    opened,
    begin() {
      for (const ws of sockets.filter(isOpen)) {
        if (reads === 'nothing') ws.pause()
        else readLittle(ws)
      }
    },
    async end() {
      for (const ws of sockets.filter(isOpen)) ws.resume()
      await new Promise<void>(over => clock.after(LAST_READ_MS, over))
      const stillOpen = sockets.filter(isOpen).length
      await leave()
      return { readers: urls.length, reads, heartbeatMs, framesRead, stillOpen, closes }
    },
    async [Symbol.asyncDispose]() {
      cut()
    },
  }
}

/** Where so many of them follow one task of a server. */
export function readerUrls(target: string, pathTemplate: string, taskId: string, count: number): string[] {
  const path = pathTemplate.replace('{taskId}', encodeURIComponent(taskId))
  return Array.from(
    { length: count },
    (_, index) =>
      `${target.replace('http', 'ws')}${path}${path.includes('?') ? '&' : '?'}client_id=bad-reader-${index}`,
  )
}

/** `heartbeat_ms` of a greeting. */
function heartbeatOf(text: string): number | null {
  const told = /"heartbeat_ms":(\d+)/.exec(text.slice(0, 1_000))?.[1]
  return told === undefined ? null : Number(told)
}

/** A peer that answers no ping is gone after two heartbeats, and some time for the close. */
const HEARTBEATS = 2.5

/** What the readers show: peers that the server kept though they were gone, or why they show nothing. Pure. */
export function judgeReaders(
  { readers, reads, heartbeatMs, framesRead, stillOpen }: BadReaderFigures,
  faultMs: number,
): { violations: string[]; problems: string[] } {
  if (framesRead === 0) return { violations: [], problems: ['the bad readers never got a frame'] }
  if (reads === 'little' || heartbeatMs === null) return { violations: [], problems: [] }
  if (faultMs < HEARTBEATS * heartbeatMs) {
    const text = `a fault of ${faultMs / 1_000} s shows nothing at a heartbeat of ${heartbeatMs / 1_000} s: make it ${HEARTBEATS} times as long`
    return { violations: [], problems: [text] }
  }
  if (stillOpen === 0) return { violations: [], problems: [] }
  return {
    violations: [`${stillOpen} of ${readers} silent peers were still connected after ${faultMs / 1_000} s`],
    problems: [],
  }
}
