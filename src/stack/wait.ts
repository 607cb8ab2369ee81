import { PetrelError } from '#core'

export interface WaitOptions {
  /** Completes "waited … for …". */
  what: string
  timeoutMs: number
  signal: AbortSignal
  everyMs?: number
}

/**
 * Asks again and again until the answer is something other than undefined and false.
 * @throws PetrelError `wait_timeout` after the time; the signal's reason when it aborts.
 */
export async function until<T>(
  check: () => Promise<T | undefined | false> | T | undefined | false,
  { what, timeoutMs, signal, everyMs = 50 }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    signal.throwIfAborted()
    const answer = await check()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > deadline) {
      throw new PetrelError('wait_timeout', `waited ${timeoutMs} ms for ${what} in vain`)
    }
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
}

/** True when a GET of the URL answers 2xx within two seconds. */
export async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
