import { errorText, PetrelError, withoutPassword } from '#core'
import { TASKS_PATH } from '#protocol'

const ANSWER_LIMIT_MS = 5_000

/**
 * Makes sure that a progress server answers at `target` before any load goes there; of a server that is not ours
 * only that something listens. Gives its origin.
 * @throws PetrelError `bad_target` when it is no http or ws URL, `target_unreachable` when nothing fitting answers.
 */
export async function checkTarget(target: string, signal: AbortSignal, isOurs = true): Promise<string> {
  const url = URL.canParse(target) ? new URL(target.replace(/^ws/, 'http')) : undefined
  // Nothing but an origin: a name and a password, or a query, would be dropped without a word.
  const isOrigin = url !== undefined && url.href === `${url.origin}/`
  if (!isOrigin || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new PetrelError('bad_target', `"${withoutPassword(target)}" is not the address of a server`, {
      hint: 'write scheme, host and port, as http://127.0.0.1:8080; its path goes to --path',
    })
  }
  const probe = isOurs ? `${url.origin}/readyz` : `${url.origin}/`
  let status: number
  let isPage: boolean
  try {
    const answer = await get(probe, signal)
    status = answer.status
    isPage = answer.type.startsWith('text/html')
  } catch (error) {
    signal.throwIfAborted()
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new PetrelError('target_unreachable', `nothing answers at ${probe}: ${errorText(cause)}`, {
      hint: 'start the server first, or leave --target away to have one started',
    })
  }
  if (isOurs && (status !== 200 || isPage)) {
    const answers = status === 200 ? 'with a web page' : `${status}, not 200`
    throw new PetrelError('target_unreachable', `${probe} answers ${answers}`, {
      hint: 'it is not ready, or it is not a progress server: see PROTOCOL.md; --path loads any other',
    })
  }
  return url.origin
}

/** Why a target that was there before the load is not there after it; undefined when it is. */
export async function whyGone(
  target: string,
  signal: AbortSignal,
  isOurs: boolean,
): Promise<string | undefined> {
  try {
    await checkTarget(target, signal, isOurs)
    return undefined
  } catch (error) {
    if (!(error instanceof PetrelError)) throw error
    return errorText(error)
  }
}

/** Whether the server creates tasks by PROTOCOL.md; asks without creating one. */
export async function hasTasks(origin: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { status, text } = await get(`${origin}${TASKS_PATH}?limit=1`, signal)
    return status === 200 && Array.isArray((JSON.parse(text) as { tasks?: unknown }).tasks)
  } catch {
    signal.throwIfAborted()
    return false
  }
}

async function get(
  url: string,
  signal: AbortSignal,
): Promise<{ status: number; text: string; type: string }> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)])
  const response = await fetch(url, { signal: limit, redirect: 'manual' })
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, text: await response.text(), type }
}
