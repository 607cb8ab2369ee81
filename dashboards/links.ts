/** Where generated links point. */
export const REPOSITORY = 'https://github.com/petrel-dev/petrel/blob/main'
const GRAFANA = 'http://localhost:3000'

/** Stable: bookmarks and alerts name it. */
export const OVERVIEW_UID = 'petrel-realtime-overview'

export const runbookUrl = (alert: string): string => `${REPOSITORY}/docs/runbooks/${alert}.md`

/** Opens one panel of the overview for the job that an alert is about. */
export const panelUrl = (panel: string): string =>
  `${GRAFANA}/d/${OVERVIEW_UID}?var-job={{ $labels.job | urlquery }}&viewPanel=${panelId(panel)}`

/** A panel's id from its title: the same in every generation, so that links stay right. FNV-1a, 1 to 2^31. */
export function panelId(title: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(title)) hash = Math.imul(hash ^ byte, 0x01000193)
  return ((hash >>> 1) % 0x7ffffffe) + 1
}
