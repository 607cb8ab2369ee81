import { errorText, PetrelError, systemClock } from '#core'
import { originCheck } from '../security/origin.ts'
import { openTokenCheck } from '../security/tokens.ts'
import { trustedProxies } from '../security/trusted-proxies.ts'
import type { ServerSettings } from './index.ts'

/** What is wrong with settings that each fit by themselves: addresses, origins, keys. A sentence for each. */
export async function settingProblems(settings: ServerSettings): Promise<string[]> {
  const checks = [
    () => trustedProxies(settings.trustedProxies),
    () => originCheck(settings.allowedOrigins, trustedProxies([])),
    () => openTokenCheck(settings, systemClock),
  ]
  const problems: string[] = []
  for (const check of checks) {
    try {
      await check()
    } catch (error) {
      const hint = error instanceof PetrelError && error.hint ? `; ${error.hint}` : ''
      problems.push(`${errorText(error)}${hint}`)
    }
  }
  return problems
}
