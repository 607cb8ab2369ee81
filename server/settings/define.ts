import type { z } from 'zod'

/** How a setting is written, and what it may be. */
export interface Kind<Value> {
  /** From the text of a variable or a flag to the value, and back. */
  schema: z.ZodType<Value, string>
  /** What is allowed, as it stands after "takes". */
  allowed: string
  /** What the text is measured in, or what it is. */
  unit: string
  /** Names to choose from, where they are few. */
  names?: readonly string[]
  /** It holds several, divided by commas; its flag may be repeated. */
  isList?: true
}

/** One setting of the server: its flag is its variable in lower case, `PETREL_LOG_LEVEL` and `--log-level`. */
export interface Setting<Value> {
  variable: `PETREL_${string}`
  kind: Kind<NonNullable<Value>>
  default: Value
  /** One sentence. */
  description: string
  /** Never shown, and no flag: command lines are seen by everybody on the machine. */
  isSecret?: true
  /** Makes a text that holds a secret in part fit to be shown. */
  mask?: (text: string) => string
}

/** Keeps the type of the value. */
export function setting<Value>(declared: Setting<Value>): Setting<Value> {
  return declared
}

/** `--log-level` for `PETREL_LOG_LEVEL`; none for a secret. */
export function flagOf({ variable, isSecret }: Setting<never> | Setting<unknown>): string | undefined {
  return isSecret ? undefined : `--${variable.slice('PETREL_'.length).toLowerCase().replaceAll('_', '-')}`
}
