import { type Logger, type LoggerOptions, pino } from 'pino'
import { errorText, escapeControl } from '#core'
import { BatchedLines } from './log-lines.ts'

export type { Logger } from 'pino'

/** Structured lines: `msg` is the event's name, everything else is a field. */
export function createLogger(level: string, destination: NodeJS.WritableStream): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    formatters: { log: withoutSecrets },
  }
  return pino(options, new BatchedLines(destination))
}

const SECRETS = ['token', 'authorization']

/**
 * Hides what is secret by the name of its field, also one level down. pino's `redact` does the same for 10 µs a line,
 * a tenth of a handshake.
 */
function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  let safe = fields
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    if (SECRETS.includes(name)) safe = { ...safe, [name]: '[Redacted]' }
    else if (isPlain(value) && SECRETS.some(secret => secret in value)) {
      safe = { ...safe, [name]: withoutSecrets(value) }
    }
  }
  return safe
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Error)

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
  // Nothing in it that would have to be hidden, escaped or cut: as a rule.
  if (text.length <= SHOWN && PLAIN.test(text) && !text.includes('eyJ')) return text
  const safe = withoutTokens(text)
  return escapeControl(safe.length > SHOWN ? `${safe.slice(0, SHOWN)}…` : safe)
}

/** Without a blank and without `=`, one of which every named token has. */
const PLAIN = /^[\w/.:-]*$/

/** A signed token anywhere in a text, also one that was cut: parts of base64url, the first begins with `{"`. */
const TOKEN = /eyJ[\w-]{8,}[\w.-]*/g
const NAMED = /\b(access_token|token|jwt)=[^&\s]+|\bBearer \S+/gi

/** A token in a path or in an error's text is as secret as one in a header. */
export const withoutTokens = (text: string): string =>
  text.replace(TOKEN, '[token]').replace(NAMED, (_, name) => (name ? `${name}=[token]` : 'Bearer [token]'))
