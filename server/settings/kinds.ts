import { z } from 'zod'
import { errorText, formatDuration, PetrelError, parseDuration } from '#core'
import type { Kind } from './define.ts'

export function wholeNumber(minimum: number, maximum: number, unit = 'number'): Kind<number> {
  const schema = z.codec(z.string().regex(/^\d+$/), z.int().min(minimum).max(maximum), {
    decode: Number,
    encode: String,
  })
  return { schema, allowed: `a whole number from ${minimum} to ${maximum}`, unit }
}

/** Milliseconds, written as `500ms`, `10s` or `1m30s`. */
export function duration(minimum: number, maximum: number): Kind<number> {
  const schema = z.codec(z.string(), z.number().min(minimum).max(maximum), {
    decode: (text, context) => read(context, text, parseDuration),
    encode: formatDuration,
  })
  const allowed = `a duration from ${formatDuration(minimum)} to ${formatDuration(maximum)}, as 500ms, 10s or 1m30s`
  return { schema, allowed, unit: 'duration' }
}

export function choice<const Value extends string>(values: readonly [Value, ...Value[]]): Kind<Value> {
  const schema = z.codec(z.string(), z.enum(values), { decode: text => text as Value, encode: text => text })
  return { schema, allowed: `one of ${values.join(', ')}`, unit: 'name', names: values }
}

export function text(pattern: RegExp, allowed: string, unit = 'text'): Kind<string> {
  return { schema: z.codec(z.string(), z.string().regex(pattern), asItIs), allowed, unit }
}

/** Texts that are divided by commas. */
export function list(item: RegExp, allowed: string): Kind<readonly string[]> {
  const schema = z.codec(z.string(), z.array(z.string().regex(item)).readonly(), {
    decode: split,
    encode: items => items.join(','),
  })
  return { schema, allowed, unit: 'list', isList: true }
}

/** Texts that are divided by commas, which `parse` makes something of; what it throws is shown. */
export function parsedList<Value>(
  parse: (items: readonly string[]) => Value,
  format: (value: Value) => readonly string[],
  allowed: string,
  names: readonly string[],
): Kind<Value> {
  const schema = z.codec(z.string(), z.custom<Value>(), {
    decode: (items, context) => read(context, items, all => parse(split(all))),
    encode: value => format(value as Value).join(','),
  })
  return { schema: schema as z.ZodType<Value, string>, allowed, unit: 'list', names, isList: true }
}

const asItIs = { decode: (same: string) => same, encode: (same: string) => same }

const split = (items: string) =>
  items
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')

/** What the function makes of the text; what it throws becomes an issue. */
function read<Value>(
  context: { issues: z.core.$ZodRawIssue[] },
  input: string,
  from: (input: string) => Value,
): Value {
  try {
    return from(input)
  } catch (error) {
    const hint = error instanceof PetrelError && error.hint ? `; ${error.hint}` : ''
    context.issues.push({ code: 'custom', message: `${errorText(error)}${hint}`, input })
    return z.NEVER
  }
}
