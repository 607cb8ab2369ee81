import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { BOARD_NAMES, type BoardName } from '#catalog'
import { CATALOGUE, type Watched } from '../watched.ts'
import { type BoardOf, buildBoard, partsFor } from './board.ts'
import { broker } from './broker.ts'
import { delivery } from './delivery.ts'
import { handshakes } from './handshakes.ts'
import { loadRun } from './load-run.ts'
import { processBoard } from './process.ts'
import { proof } from './proof.ts'
import { realtimeOverview } from './realtime-overview.ts'
import { reconnects } from './reconnects.ts'
import { sessions } from './sessions.ts'

const BOARDS: Readonly<Record<BoardName, BoardOf>> = {
  overview: realtimeOverview,
  handshakes,
  sessions,
  delivery,
  reconnects,
  broker,
  process: processBoard,
  'load-run': loadRun,
  proof,
}

/** A board as Grafana 11 to 13 read it. */
export interface BuiltBoard {
  name: BoardName
  /** Without the extension. */
  file: string
  json: Dashboard
}

/** Every board, in the order in which one opens them. */
export function boards(watched: Watched = CATALOGUE): BuiltBoard[] {
  return BOARD_NAMES.map(name => ({
    name,
    file: name === 'overview' ? 'realtime-overview' : name,
    json: buildBoard(BOARDS[name](partsFor(watched, name)), watched),
  }))
}
