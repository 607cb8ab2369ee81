/** What a client does after a close: the code carries the verdict. */
export type CloseVerdict = 'ended' | 'come_back' | 'stay_away'

/** Closed set for labels: a code that a peer sent is never a label itself. */
export const CLOSE_CODE_CLASSES = ['normal', 'going_away', 'retry', 'stop', 'abnormal', 'error'] as const
export type CloseCodeClass = (typeof CLOSE_CODE_CLASSES)[number]

/** Close codes that the server sends. Each has an entry in PROTOCOL.md. */
export const CLOSE = {
  /** The terminal event was delivered. */
  ended: 1000,
  /** Announced drain: the server is going away, another will answer. */
  goingAway: 1001,
  /** Bytes that are no WebSocket frame. */
  protocolError: 1002,
  /** A frame that is not valid UTF-8. */
  invalidText: 1007,
  /** A frame over the size limit. */
  tooBig: 1009,
  /** The handler failed. Come back with backoff. */
  internalError: 1011,
  /** The server restarts. */
  restart: 1012,
  /** Too busy now. */
  tryAgainLater: 1013,
  /** No pong in time. */
  heartbeatTimeout: 4008,
  /** The client read too slowly for too long. */
  slowConsumer: 4013,
  /** This client tries far too often without being served. Come back when it says, not before. */
  looping: 4029,
  /** The token has expired. Come back with a new one. */
  tokenExpired: 4401,
  /** Not JSON, or not a frame of the protocol. */
  malformedFrame: 4500,
  /** Binary frames are not part of the protocol. */
  binaryFrame: 4501,
  /** Well-formed, but of a type that the server does not know. */
  unknownFrame: 4502,
  /** The task is somebody else's. */
  forbidden: 4503,
  /** The path is not a stream. Reconnecting cannot help. */
  wrongPath: 4504,
  /** No such task. */
  taskUnknown: 4505,
  /** No token, or one that is not valid. */
  unauthenticated: 4506,
  /** More frames in a second than a client may send. */
  frameFlood: 4529,
} as const

/** The verdict that a code carries, by range; codes that no one sent (1005, 1006) mean the network. */
export function closeVerdict(code: number | undefined): CloseVerdict {
  if (code === 1000) return 'ended'
  if (code === undefined || code === 1005 || code === 1006) return 'come_back'
  if (code === 1001 || code === 1011 || code === 1012 || code === 1013) return 'come_back'
  if (code >= 4000 && code <= 4499) return 'come_back'
  return 'stay_away'
}

/** Folds any code, also one that a peer invented, into the closed set of `code_class`. */
export function closeCodeClass(code: number | undefined): CloseCodeClass {
  if (code === undefined || code === 1005 || code === 1006) return 'abnormal'
  if (code === 1000) return 'normal'
  if (code === 1001) return 'going_away'
  if (code === 1012 || code === 1013 || (code >= 4000 && code <= 4499)) return 'retry'
  if (code >= 4500 && code <= 4999) return 'stop'
  return 'error'
}
