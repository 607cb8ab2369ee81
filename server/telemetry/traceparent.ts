/**
 * True for what W3C calls a traceparent of version 00: anything else from outside is not kept and not passed on.
 */
export function isTraceparent(text: unknown): text is string {
  return typeof text === 'string' && /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/.test(text)
}
