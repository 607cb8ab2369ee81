import { isTerminal, type ResumeResult } from '#protocol'
import type { PublishedEvent, TaskSnapshot } from '../store/store.ts'
import type { StreamRequest } from './request.ts'

export interface ResumePlan {
  /** Absent when the client did not ask to resume. */
  result: ResumeResult | undefined
  /** Events above this sequence are replayed; the client may have none of those up to it. */
  afterSeq: number
}

/** Sequence after which a connecting client needs the history, its terminal event included. */
export function historyFrom({ resume, includeHistory }: StreamRequest, task: TaskSnapshot): number {
  if (resume) return resume.epoch === task.epoch && resume.seq <= task.seq ? resume.seq : 0
  if (includeHistory) return 0
  return isTerminal(task.status) ? task.seq - 1 : task.seq
}

/**
 * Where the replay of a connecting client starts, and what it is told about its resume: never a silent partial
 * replay. `kept` is what the store still has from `historyFrom` on.
 */
export function planResume(
  { resume, includeHistory }: StreamRequest,
  { epoch, seq }: TaskSnapshot,
  kept: readonly PublishedEvent[],
): ResumePlan {
  const oldest = kept[0]?.event.seq ?? seq + 1
  if (!resume) {
    // Who asked for all of it is told when its beginning is not kept any more.
    if (includeHistory && seq > 0 && oldest > 1) return { result: 'too_old', afterSeq: 0 }
    return { result: undefined, afterSeq: includeHistory ? 0 : seq }
  }
  if (resume.epoch !== epoch) return { result: 'epoch_changed', afterSeq: 0 }
  if (resume.seq > seq) return { result: 'gap', afterSeq: 0 }
  if (resume.seq === seq) return { result: 'nothing_missed', afterSeq: seq }
  return resume.seq + 1 < oldest
    ? { result: 'too_old', afterSeq: 0 }
    : { result: 'exact', afterSeq: resume.seq }
}
