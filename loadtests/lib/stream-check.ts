import type { StreamFault } from '../../src/catalog/load/stream-faults.ts'
import { isTerminal, type ServerFrame } from '../../src/protocol/frames.ts'

/** Checks what one client gets of one task, over all its connections. */
export interface StreamCheck {
  /** A connection has opened; `resumeAfter` is the sequence that it asked to resume after, if it did. */
  opened(now: number, resumeAfter?: number): void
  /** Takes the next frame and says what is wrong with it. Foreign frames are none of its business. */
  frame(frame: ServerFrame, now: number): StreamFault[]
  /** The connection is over; says what is now certain to have been lost. */
  ended(now: number, code: number | undefined): StreamFault[]
  /** Longest time between two frames of an open connection whose task had not ended, in milliseconds. */
  stalestMs(): number
}

/** Sequences that were skipped are remembered up to here; a longer hole is a gap without a second thought. */
const REMEMBERED = 1_000

/**
 * The rules of PROTOCOL.md: sequences count up without a hole or a repetition, progress never goes back, nothing
 * follows the terminal event, a close with 1000 comes after one, and the stream is heard every `staleMs`.
 */
export function streamCheck(staleMs: number): StreamCheck {
  let seenSeq = 0
  let progress = 0
  let terminal = false
  let stalest = 0
  // Of the connection that is open.
  let heardAt = 0
  let isStale = false
  let terminalHere = false
  let isOpen = false
  let next: number | undefined
  const missing = new Set<number>()

  /** Time since the stream was last heard; true when that has just become too long. */
  const silence = (now: number): boolean => {
    const age = now - heardAt
    heardAt = now
    if (terminal) return false
    stalest = Math.max(stalest, age)
    const becomes = age > staleMs && !isStale
    isStale ||= becomes
    return becomes
  }

  function greeted(frame: ServerFrame & { type: 'connected' }): void {
    // What a resume may start with, the server says itself; a partial history is no gap when it is told.
    if (frame.resume === 'too_old') next = undefined
    if (frame.resume === 'gap' || frame.resume === 'epoch_changed') next = 1
    if (frame.resume === 'epoch_changed') {
      seenSeq = 0
      progress = 0
    }
  }

  function order(seq: number, skipped: number): StreamFault[] {
    const first = seq - skipped
    if (next === undefined || first === next) {
      next = seq + 1
      return []
    }
    if (first > next) {
      const hole = first - next
      if (hole <= REMEMBERED) for (let lost = next; lost < first; lost++) missing.add(lost)
      next = seq + 1
      return hole <= REMEMBERED ? [] : ['gap']
    }
    next = Math.max(next, seq + 1)
    return missing.delete(seq) ? ['reorder'] : ['duplicate']
  }

  return {
    opened(now, resumeAfter) {
      isOpen = true
      heardAt = now
      isStale = false
      terminalHere = false
      missing.clear()
      next = (resumeAfter ?? 0) + 1
    },
    frame(frame, now) {
      const found: StreamFault[] = silence(now) ? ['stale'] : []
      if (frame.type === 'connected') greeted(frame)
      if (frame.type === 'current_status') {
        if (frame.seq >= seenSeq && frame.progress < progress) found.push('progress_back')
        return found
      }
      if (frame.type === 'connected' || !('seq' in frame) || typeof frame.seq !== 'number') return found
      if (terminalHere) found.push(isTerminal(frame.type) ? 'terminal_twice' : 'after_terminal')
      const broken = order(frame.seq, frame.skipped ?? 0)
      found.push(...broken)
      // A replay goes through what was seen before: only an event that is new can go back.
      if (broken.length === 0 && frame.seq > seenSeq) {
        if (frame.progress < progress) found.push('progress_back')
        seenSeq = frame.seq
        progress = Math.max(progress, frame.progress)
      }
      if (isTerminal(frame.type)) {
        terminal = true
        terminalHere = true
      }
      return found
    },
    ended(now, code) {
      if (!isOpen) return []
      isOpen = false
      const found: StreamFault[] = silence(now) ? ['stale'] : []
      for (const _ of missing) found.push('gap')
      if (code === 1000 && !terminalHere) found.push('terminal_missing')
      return found
    },
    stalestMs: () => stalest,
  }
}
