/** The largest frame that a client may send, in bytes; a larger one is closed with 1009. */
export const MAX_CLIENT_FRAME_BYTES = 16 * 1024

/** Frames that a client may send within one second; more is closed with 4529. */
export const MAX_CLIENT_FRAMES_PER_SECOND = 20
