/** What can be wrong with the stream of one task, as its client sees it; each is a cause of `petrel_stream_errors`. */
export const STREAM_FAULTS = [
  'gap',
  'duplicate',
  'reorder',
  'progress_back',
  'terminal_twice',
  'after_terminal',
  'terminal_missing',
  'not_closed',
  'stale',
] as const
export type StreamFault = (typeof STREAM_FAULTS)[number]
