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
    error: errorText(error),
    error_type: error instanceof Error ? error.constructor.name : typeof error,
  }
}

const SHOWN = 200

/** Text from outside as a field: control characters visible, length bounded. */
export function outside(text: string): string {
  return escapeControl(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
}
