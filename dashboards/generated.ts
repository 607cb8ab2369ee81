import { WINDOW_SETS } from '#catalog'
import { boards } from './boards/index.ts'
import { ruleFile } from './rules/rule-file.ts'
import { CATALOGUE, type Watched } from './watched.ts'

/** A file that is written by `petrel generate`; its path is from the root of the project. */
export interface GeneratedFile {
  path: string
  content: string
}

/** Everything below `dashboards/out`. */
export function dashboardFiles(watched: Watched = CATALOGUE): GeneratedFile[] {
  return [
    ...WINDOW_SETS.map(set => ({
      path: `dashboards/out/rules/petrel.${set}.yml`,
      content: ruleFile(set, watched),
    })),
    ...boards(watched).map(({ file, json }) => ({
      path: `dashboards/out/${file}.json`,
      content: `${JSON.stringify(json, null, 2)}\n`,
    })),
  ]
}
