import { clearTimeout, setTimeout } from 'k6/timers'
import { WebSocket } from 'k6/websockets'
import type { ServerFrame } from '../../src/protocol/frames.ts'

/** How an attempt ended; told once. */
export interface AttemptEnd {
  opened: boolean
  uptimeMs: number
  code?: number
}

export interface AttemptHandlers {
  onOpen: () => void
  onFrame: (frame: ServerFrame) => void
  onEnd: (end: AttemptEnd) => void
  /** The attempt failed on this machine: it says nothing about the target. */
  onOwnFailure: () => void
}

export interface Attempt {
  /**
   * Closes the socket when it is open, says so, and hears no more of it. One that is still connecting is left
   * alone: see `openAttempt`.
   */
  leave: () => boolean
}

/** k6 has no constants for it at run time. */
const OPEN = 1
const EVENTS = ['open', 'message', 'error', 'close'] as const
/** What the system says when local ports, descriptors or memory have run out. */
const OF_OUR_OWN =
  /cannot assign requested address|too many open files|no buffer space|cannot allocate memory/i
/** A handshake that takes longer counts as failed. */
const HANDSHAKE_LIMIT_MS = 10_000

/**
 * One attempt to connect. Hides what k6 2.2 does: a failure raises `error`, `close` or both, and ends once here;
 * closing a socket that is still connecting hangs its VU for ever, so a late one is forgotten instead.
 */
export function openAttempt(
  url: string,
  params: { tags: Record<string, string>; headers: Record<string, string> },
  handlers: AttemptHandlers,
): Attempt {
  const ws = new WebSocket(url, null, params)
  let openedAt: number | undefined
  let over = false
  let left = false

  function end(code?: number): void {
    if (over) return
    over = true
    clearTimeout(limit)
    handlers.onEnd({
      opened: openedAt !== undefined,
      uptimeMs: openedAt === undefined ? 0 : Date.now() - openedAt,
      ...(code === undefined ? {} : { code }),
    })
  }

  const limit = setTimeout(end, HANDSHAKE_LIMIT_MS)

  // One listener for all, and no timer once it is open: 3 KiB less of k6 for each idle socket than four and one.
  const listen = (event: unknown) => {
    const { type, data, error, code } = event as {
      type: string
      data?: unknown
      error?: unknown
      code?: number
    }
    if (type === 'message') {
      // Like a browser, which drops what comes after `close()` (WHATWG WebSockets, "when a message has been received").
      if (!over && !left) handlers.onFrame(readFrame(data))
    } else if (type === 'open') {
      // Opened after it was given up: the only moment at which it can be closed.
      if (over) return ws.close()
      openedAt = Date.now()
      clearTimeout(limit)
      handlers.onOpen()
    } else if (type === 'error') {
      if (OF_OUR_OWN.test(String(error))) handlers.onOwnFailure()
      if (openedAt === undefined) end()
    } else end(code)
  }
  for (const type of EVENTS) ws.addEventListener(type, listen)
  return {
    leave: () => {
      if (ws.readyState !== OPEN) return false
      left = true
      ws.close()
      return true
    },
  }
}

/** What a server of another protocol sends is a frame too, of no type that we know. */
function readFrame(data: unknown): ServerFrame {
  try {
    const frame = JSON.parse(String(data))
    if (typeof frame?.type === 'string') return frame
  } catch {
    // Then it is none of ours.
  }
  return { type: 'foreign' } as unknown as ServerFrame
}
