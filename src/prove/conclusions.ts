import type { Figures, Replay } from './result.ts'

/** What each half of the fix changed, from the figures of a regime's four replays. */
export function conclusionsOf(replays: readonly Pick<Replay, 'client' | 'server' | 'figures'>[]): string[] {
  const of = (client: string, server: string) =>
    replays.find(replay => replay.client === client && replay.server === server)?.figures
  const before = of('old', 'old')
  const serverHalf = of('old', 'new')
  const clientHalf = of('new', 'old')
  const both = of('new', 'new')
  if (!before || !serverHalf || !clientHalf || !both) return []
  return [
    `The server half alone (old client, new server): ${change(before, serverHalf)}. ${verdict(serverHalf)}`,
    `The client half alone (new client, old server): ${change(before, clientHalf)}. ${verdict(clientHalf)}`,
    `Both halves: ${change(before, both)}. ${verdict(both)}`,
  ]
}

function change(before: Figures, after: Figures): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`
  const rate = (value: number) => `${value.toFixed(1)}/s`
  return [
    `connection success ${percent(before.connectionSuccess)} → ${percent(after.connectionSuccess)}`,
    `error lines ${rate(before.errorLinesPerSecond)} → ${rate(after.errorLinesPerSecond)}`,
    `reconnects of each client ${rate(before.reconnectsPerSecondPerClient)} → ${rate(after.reconnectsPerSecondPerClient)}`,
  ].join(', ')
}

function verdict({ connectionSuccess }: Figures): string {
  if (connectionSuccess >= 0.98) return 'Users are served.'
  return connectionSuccess <= 0.05 ? 'Users still see nothing.' : 'Users are served in part.'
}
