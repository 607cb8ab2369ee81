import { WINDOW_SETS } from '#catalog'
import { realtimeOverview } from './boards/realtime-overview.ts'
import { ruleFile } from './rules/rule-file.ts'

/** A file that is written by `petrel generate`; its path is from the root of the project. */
export interface GeneratedFile {
  path: string
  content: string
}

/** Rule files and boards, as they stand in `dashboards/out`. */
export function dashboardFiles(): GeneratedFile[] {
  return [
    ...WINDOW_SETS.map(set => ({ path: `dashboards/out/rules/petrel.${set}.yml`, content: ruleFile(set) })),
    {
      path: 'dashboards/out/realtime-overview.json',
      content: `${JSON.stringify(realtimeOverview(), null, 2)}\n`,
    },
  ]
}
