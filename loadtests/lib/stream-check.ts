import type { ServerFrame } from '../../src/protocol/frames.ts'

/** Checks the events of one connection: no gap, no repetition, progress never backwards. */
export interface StreamCheck {
  /** True when the frame breaks an order. */
  breaks(frame: ServerFrame): boolean
}

/** `afterSeq` is the last event that the client has seen before, undefined when it takes what comes. */
export function streamCheck(afterSeq: number | undefined): StreamCheck {
  let seq = afterSeq
  let progress = 0
  return {
    breaks(frame) {
      // A snapshot and the frames without a sequence are no events.
      if (frame.type === 'current_status' || !('seq' in frame) || frame.type === 'connected') return false
      const wrong =
        (seq !== undefined && frame.seq !== seq + 1 + (frame.skipped ?? 0)) || frame.progress < progress
      seq = frame.seq
      progress = frame.progress
      return wrong
    },
  }
}
