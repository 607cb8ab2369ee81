import { errorText, PetrelError } from '#core'

const ANSWER_LIMIT_MS = 5_000

/**
 * Makes sure that a progress server answers at `target` before any load goes there.
 * @throws PetrelError `bad_target` when it is no http URL, `target_unreachable` when nothing fitting answers.
 */
export async function checkTarget(target: string, signal: AbortSignal): Promise<string> {
  const url = URL.canParse(target) ? new URL(target) : undefined
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.pathname !== '/') {
    throw new PetrelError('bad_target', `"${target}" is not the address of a server`, {
      hint: 'write scheme, host and port, as http://127.0.0.1:8080',
    })
  }
  const probe = `${url.origin}/readyz`
  let status: number
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)])
    const response = await fetch(probe, { signal: limit, redirect: 'manual' })
    await response.body?.cancel()
    status = response.status
  } catch (error) {
    signal.throwIfAborted()
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new PetrelError('target_unreachable', `nothing answers at ${probe}: ${errorText(cause)}`, {
      hint: 'start the server first, or leave --target away to have one started',
    })
  }
  if (status !== 200) {
    throw new PetrelError('target_unreachable', `${probe} answers ${status}, not 200`, {
      hint: 'it is not ready, or it is not a progress server: see PROTOCOL.md',
    })
  }
  return url.origin
}
