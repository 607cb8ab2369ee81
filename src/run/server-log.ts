import { z } from 'zod'

const lineSchema = z.object({ time: z.number(), level: z.number(), msg: z.string() })

/** pino's numeric levels. */
const WARN = 40
const ERROR = 50

/** Lines of a span of a server's log. */
export interface LogCount {
  errors: number
  warnings: number
}

/** Counts the lines of a structured log (pino's JSON) by level and time; keeps a few error lines as written. */
export interface ServerLog {
  add(line: string): void
  /** Lines with a time in [from, to), epoch milliseconds. */
  count(fromMs: number, toMs: number): LogCount
  /** The first error lines, as the server wrote them, at most eight. */
  errorLines(): readonly string[]
  /** Lines that were not JSON, as a crash prints them. */
  foreignLines(): readonly string[]
}

const KEPT_LINES = 8

export function serverLog(): ServerLog {
  const marks: { time: number; error: boolean }[] = []
  const errorLines: string[] = []
  const foreignLines: string[] = []
  return {
    add(line) {
      const entry = readLine(line)
      if (!entry) {
        if (line.trim() !== '' && foreignLines.length < KEPT_LINES) foreignLines.push(line)
        return
      }
      if (entry.level < WARN) return
      const error = entry.level >= ERROR
      marks.push({ time: entry.time, error })
      if (error && errorLines.length < KEPT_LINES) errorLines.push(line)
    },
    count(from, to) {
      const within = marks.filter(({ time }) => time >= from && time < to)
      const errors = within.filter(({ error }) => error).length
      return { errors, warnings: within.length - errors }
    },
    errorLines: () => errorLines,
    foreignLines: () => foreignLines,
  }
}

/** The event name and fields of one line, or nothing when it is not a structured line. */
export function readLine(line: string): (z.infer<typeof lineSchema> & Record<string, unknown>) | undefined {
  try {
    const value: unknown = JSON.parse(line)
    const parsed = lineSchema.loose().safeParse(value)
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
