import { type Logger, type LoggerOptions, pino } from 'pino'
import { errorText, escapeControl } from '#core'

export type { Logger } from 'pino'

/**
 * Structured lines: `msg` is the event's name, everything else is a field. Written at once: the last line
 * before a crash is the one that matters.
 */
export function createLogger(level: string, destination: NodeJS.WritableStream): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    redact: ['token', 'authorization', '*.token', '*.authorization'],
  }
  return pino(options, destination as Parameters<typeof pino>[1])
}

/** What an error line says about an error: never an empty text. */
export function errorFields(error: unknown): { error: string; error_type: string } {
  return {
    error: withoutTokens(errorText(error)),
    error_type: error instanceof Error ? error.constructor.name : typeof error,
  }
}

const SHOWN = 200

/** Text from outside as a field: control characters visible, tokens hidden, length bounded. */
export function outside(text: string): string {
  const safe = withoutTokens(text)
  return escapeControl(safe.length > SHOWN ? `${safe.slice(0, SHOWN)}…` : safe)
}

/** A signed token anywhere in a text, also one that was cut: parts of base64url, the first begins with `{"`. */
const TOKEN = /eyJ[\w-]{8,}[\w.-]*/g
const NAMED = /\b(access_token|token|jwt)=[^&\s]+|\bBearer \S+/gi

/** A token in a path or in an error's text is as secret as one in a header. */
export const withoutTokens = (text: string): string =>
  text.replace(TOKEN, '[token]').replace(NAMED, (_, name) => (name ? `${name}=[token]` : 'Bearer [token]'))
