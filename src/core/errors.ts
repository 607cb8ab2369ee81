/**
 * The one error class. `message` names the value and the place, `hint` says what to do.
 * `code` is a member of the catalogue's error codes, which maps it to an exit code.
 */
export class PetrelError extends Error {
  readonly code: string
  readonly hint: string | undefined

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'PetrelError'
    this.code = code
    this.hint = options.hint
  }
}

/** Text of anything that was thrown; never empty. */
export function errorText(error: unknown): string {
  if (error instanceof Error) return error.message || error.name || 'error without a message'
  const text = String(error)
  return text === '' ? 'error without a message' : text
}
