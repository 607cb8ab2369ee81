import { CLOSE } from '../../protocol/close-codes.ts'

/** Why the server closes with a code, for the reference page; what to do follows from the code's range. */
export const CLOSE_CODES: readonly { code: number; meaning: string }[] = [
  { code: CLOSE.ended, meaning: 'The terminal event was delivered.' },
  { code: CLOSE.goingAway, meaning: 'The server drains: it is going away, another will answer.' },
  { code: CLOSE.protocolError, meaning: 'The bytes were no WebSocket frame.' },
  { code: CLOSE.invalidText, meaning: 'A text frame was not valid UTF-8.' },
  { code: CLOSE.tooBig, meaning: 'A frame was over the size limit.' },
  { code: CLOSE.internalError, meaning: 'The handler failed.' },
  { code: CLOSE.restart, meaning: 'The server restarts.' },
  { code: CLOSE.tryAgainLater, meaning: 'The server is too busy now.' },
  { code: CLOSE.heartbeatTimeout, meaning: 'No pong arrived in time.' },
  { code: CLOSE.slowConsumer, meaning: 'The client read too slowly for too long.' },
  {
    code: CLOSE.looping,
    meaning: 'This client tried far too often without being served, and is held back for a while.',
  },
  { code: CLOSE.tokenExpired, meaning: 'The token has expired. Come back with a new one.' },
  { code: CLOSE.malformedFrame, meaning: 'A frame was not JSON, or not an object with a "type".' },
  { code: CLOSE.binaryFrame, meaning: 'A binary frame: the protocol has none.' },
  { code: CLOSE.unknownFrame, meaning: 'A frame of a type that the server does not know.' },
  { code: CLOSE.forbidden, meaning: "The task is somebody else's." },
  { code: CLOSE.wrongPath, meaning: 'The path is no stream. Reconnecting cannot help.' },
  { code: CLOSE.taskUnknown, meaning: 'There is no such task.' },
  { code: CLOSE.unauthenticated, meaning: 'There was no token, or one that is not valid.' },
  { code: CLOSE.frameFlood, meaning: 'More frames in a second than a client may send.' },
]
