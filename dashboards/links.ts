import type { BoardName } from '#catalog'

/** Where generated links point; a settings file may name others. */
export interface Links {
  /** Without a slash at its end; `docs/runbooks/…` follows. */
  repository: string
  grafana: string
}

export const DEFAULT_LINKS: Links = {
  repository: 'https://github.com/petrel-dev/petrel/blob/main',
  grafana: 'http://localhost:3000',
}

/** Stable: bookmarks and alerts name it. */
export const boardUid = (board: BoardName): string =>
  board === 'overview' ? 'petrel-realtime-overview' : `petrel-${board}`

export const runbookUrl = (alert: string, { repository }: Links = DEFAULT_LINKS): string =>
  `${repository}/docs/runbooks/${alert}.md`

/** Opens one panel of a board for the job that an alert is about. */
export const panelUrl = (board: BoardName, panel: string, { grafana }: Links = DEFAULT_LINKS): string =>
  `${grafana}/d/${boardUid(board)}?var-job={{ $labels.job | urlquery }}&viewPanel=${panelId(panel)}`

/** A panel's id from its title: the same in every generation, so that links stay right. FNV-1a, 1 to 2^31. */
export function panelId(title: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(title)) hash = Math.imul(hash ^ byte, 0x01000193)
  return ((hash >>> 1) % 0x7ffffffe) + 1
}
