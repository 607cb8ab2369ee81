import type { ResumeResult, TaskEvent } from '#protocol'
import type { TaskSnapshot } from '../store/store.ts'
import type { StreamRequest } from './request.ts'

export interface ResumePlan {
  /** Absent when the client did not ask to resume. */
  result: ResumeResult | undefined
  /** Events above this sequence are replayed; the client may have none of those up to it. */
  afterSeq: number
}

/**
 * Where the replay of a connecting client starts, and what it is told about its resume: never a silent partial
 * replay. `oldestKept` is the sequence of the oldest event of the history, or `seq + 1` when it is empty.
 */
export function planResume(
  { resume, includeHistory }: StreamRequest,
  { epoch, seq }: TaskSnapshot,
  oldestKept: number,
): ResumePlan {
  if (!resume) return { result: undefined, afterSeq: includeHistory ? 0 : seq }
  if (resume.epoch !== epoch) return { result: 'epoch_changed', afterSeq: 0 }
  if (resume.seq > seq) return { result: 'gap', afterSeq: 0 }
  if (resume.seq === seq) return { result: 'nothing_missed', afterSeq: seq }
  return resume.seq + 1 < oldestKept
    ? { result: 'too_old', afterSeq: 0 }
    : { result: 'exact', afterSeq: resume.seq }
}

/** Sequence of the oldest event that is kept. */
export function oldestKept(history: readonly TaskEvent[], seq: number): number {
  return history[0]?.seq ?? seq + 1
}
