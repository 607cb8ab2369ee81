/** Name of the protocol: a browser that offers a token must offer it too, and gets it as the answer. */
export const STREAM_SUBPROTOCOL = 'petrel.v1'

/** A page cannot set headers on a WebSocket: the token is offered as a subprotocol with this prefix. Never echoed. */
export const TOKEN_SUBPROTOCOL_PREFIX = 'petrel.token.'
