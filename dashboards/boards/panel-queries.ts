import type { BoardName } from '#catalog'
import { CATALOGUE, type Watched } from '../watched.ts'
import { boards } from './index.ts'
import { boardSchema } from './schema.ts'

/** One query of one panel, with Grafana's variables still in it. */
export interface PanelQuery {
  board: BoardName
  /** Title of the panel. */
  panel: string
  /** Its letter within the panel. */
  refId: string
  expr: string
}

/** Every query of every board, as Grafana reads them: from what is generated. */
export function panelQueries(watched: Watched = CATALOGUE): PanelQuery[] {
  return boards(watched).flatMap(({ name, json }) =>
    boardSchema
      .parse(JSON.parse(JSON.stringify(json)))
      .panels.flatMap(panel =>
        panel.type === 'row'
          ? []
          : panel.targets.map(({ refId, expr }) => ({ board: name, panel: panel.title, refId, expr })),
      ),
  )
}
