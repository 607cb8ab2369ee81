import type { BoardName } from '#catalog'

/** Panels that show a level line in every drill, rightly, each with the reason. Nothing else may stand still. */
export const STILL_PANELS: readonly { board: BoardName; panel: string; reason: string }[] = [
  {
    board: 'overview',
    panel: 'Recovery success',
    reason: 'in every drill whoever comes back gets all that it has missed',
  },
  {
    board: 'overview',
    panel: 'Recovery success: budget left',
    reason: 'in every drill whoever comes back gets all that it has missed',
  },
  { board: 'reconnects', panel: 'Frames from clients', reason: 'crowds listen, they say nothing' },
  {
    board: 'load-run',
    panel: 'Stream errors that clients saw',
    reason: 'no drill breaks the order of events; a server that did would be wrong',
  },
]
