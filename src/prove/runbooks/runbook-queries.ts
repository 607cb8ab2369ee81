import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One query of a runbook, as it stands on its page. */
export interface RunbookQuery {
  alert: string
  query: string
}

const ENDING = '.md'

/** The PromQL of a runbook: each block is one query, and one that stands there twice is asked once. */
export const queriesOf = (page: string): string[] => [
  ...new Set([...page.matchAll(/^```promql\n([\s\S]*?)\n```$/gm)].map(([, query = '']) => query)),
]

/** The queries of the runbooks in a folder that are named after these alerts. */
export async function readRunbooks(folder: string, alerts: readonly string[]): Promise<RunbookQuery[]> {
  const files = (await readdir(folder)).filter(file => alerts.includes(file.slice(0, -ENDING.length)))
  const pages = await Promise.all(
    files.toSorted().map(async file => ({
      alert: file.slice(0, -ENDING.length),
      page: await readFile(join(folder, file), 'utf8'),
    })),
  )
  return pages.flatMap(({ alert, page }) => queriesOf(page).map(query => ({ alert, query })))
}

/** Names that queries read, and texts in quotes, which hold none. */
const NAMES = /"(?:[^"\\]|\\.)*"|\b(?:(?:ws|task|nodejs|process)_\w+|up)\b(\{)?/g

/**
 * A query as a drill is asked it: of one job, so that no neighbour answers for it, and with windows that do not look
 * back before the drill.
 */
export const asDrill = (query: string, job: string): string =>
  query
    .replaceAll(NAMES, (found: string, brace?: string) => {
      if (found.startsWith('"')) return found
      const matcher = `job=${JSON.stringify(job)}`
      return brace === undefined ? `${found}{${matcher}}` : `${found}${matcher}, `
    })
    .replaceAll('[5m]', '[4s]')
    .replaceAll('[30d]', '[10s]')
