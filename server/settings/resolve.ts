import { flagOf, type Setting } from './define.ts'
import type { ServerSettings } from './index.ts'
import { SETTINGS } from './table.ts'

export type SettingName = keyof typeof SETTINGS
/** What stands on the command line, as text. */
export type Flags = Readonly<Partial<Record<SettingName, string>>>

/** A setting as the server has it. */
export interface EffectiveSetting {
  name: SettingName
  variable: string
  /** As it would be written, fit to be shown; null when it is not set. */
  value: string | null
  from: 'default' | 'environment' | 'flag'
}

export interface ResolvedSettings {
  settings: ServerSettings
  effective: readonly EffectiveSetting[]
  /** One sentence for each value that is not allowed: its place, the value, what is. The default stands instead. */
  problems: readonly string[]
}

const HIDDEN = '***'

/** Flags win over the environment, which wins over the defaults. An empty variable counts as not set. */
export function resolveSettings(
  env: Readonly<Record<string, string | undefined>>,
  flags: Flags = {},
): ResolvedSettings {
  const problems: string[] = []
  const effective: EffectiveSetting[] = []
  const settings: Record<string, unknown> = {}
  for (const [key, declared] of Object.entries(SETTINGS)) {
    const name = key as SettingName
    const one = declared as Setting<unknown>
    const { variable } = one
    const [from, written] = whereFrom(one, env[variable] || undefined, flags[name])
    const parsed = written === undefined ? undefined : one.kind.schema.safeParse(written)
    if (parsed?.error) {
      // A text that parsed nowhere cannot be masked in part: it is not shown at all.
      const value = one.isSecret || one.mask ? 'with a value that is not shown' : `"${written}"`
      const place = from === 'flag' ? flagOf(one) : variable
      problems.push(
        `${place} ${value} does not fit: it takes ${one.kind.allowed}${ownWords(parsed.error)}${serviceLink(written)}`,
      )
    }
    const isSet = parsed?.success === true
    settings[name] = isSet ? parsed.data : one.default
    effective.push({ name, variable, value: textOf(one, settings[name]), from: isSet ? from : 'default' })
  }
  return { settings: settings as ServerSettings, effective, problems }
}

function whereFrom(
  { isSecret }: Setting<unknown>,
  inEnvironment: string | undefined,
  onCommandLine: string | undefined,
): [EffectiveSetting['from'], string | undefined] {
  if (onCommandLine !== undefined && !isSecret) return ['flag', onCommandLine]
  return ['environment', inEnvironment]
}

/** A value as it would be written, fit to be shown. */
export function textOf({ kind, isSecret, mask = same }: Setting<unknown>, value: unknown): string | null {
  if (value === undefined) return null
  return isSecret ? HIDDEN : mask(kind.schema.encode(value as NonNullable<unknown>))
}

const same = (text: string) => text

/** What our own parsers said of the value; zod's words add nothing to what is allowed. */
function ownWords({ issues }: { issues: readonly { code: string; message: string }[] }): string {
  return issues
    .filter(({ code }) => code === 'custom')
    .map(({ message }) => ` (${message})`)
    .join('')
}

/** Kubernetes gives every container `PETREL_PORT=tcp://…` when a service is called `petrel`. */
function serviceLink(written = ''): string {
  const isLink = /^(tcp|udp|sctp):\/\//.test(written)
  return isLink ? '; Kubernetes sets it for a service of that name: set enableServiceLinks to false' : ''
}
