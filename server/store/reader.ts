import { PetrelError, type Soon, whenThere, withTimeout } from '#core'
import type { PublishedEvent, TaskSnapshot, TaskStore } from './store.ts'

/** Reads for connecting clients: a thousand that come back at once ask the store once. */
export interface TaskReader {
  /** The task as its followers in this process know it, if it has come to `seq` there; else as the store has it then. */
  read(taskId: string, seq?: number): Soon<TaskSnapshot | undefined>
  history(taskId: string, afterSeq: number): Soon<readonly PublishedEvent[]>
}

/**
 * Joins equal reads that are under way, and bounds them in time.
 * @throws PetrelError `broker_down` when a read takes longer than `timeoutMs`.
 */
export function taskReader(
  store: TaskStore,
  { timeoutMs, delay }: { timeoutMs: number; delay: () => Soon<void> },
): TaskReader {
  const histories = new Map<string, Promise<readonly PublishedEvent[]>>()
  const slow = () =>
    new PetrelError('broker_down', `the store took more than ${timeoutMs} ms to read a history`)

  function history(taskId: string, afterSeq: number): Soon<readonly PublishedEvent[]> {
    const key = `${taskId} ${afterSeq}`
    const joined = histories.get(key)
    if (joined) return joined
    const begun = whenThere(delay(), () => store.history(taskId, afterSeq))
    if (!(begun instanceof Promise)) return begun
    const reading = withTimeout(begun, timeoutMs, slow).finally(() => histories.delete(key))
    histories.set(key, reading)
    return reading
  }

  const reading = new Map<string, Promise<TaskSnapshot | undefined>>()
  const next = new Map<string, Promise<TaskSnapshot | undefined>>()

  /** Who asks while a read is under way waits for the one after it: what began before may not hold what was told since. */
  function read(taskId: string, seq = 0): Soon<TaskSnapshot | undefined> {
    const followed = store.followed(taskId)
    if (followed && followed.seq >= seq) return followed
    const joined = next.get(taskId)
    if (joined) return joined
    const begin = () => {
      next.delete(taskId)
      const answer = store.read(taskId)
      if (!(answer instanceof Promise)) return answer
      const begun = answer.finally(() => {
        if (reading.get(taskId) === begun) reading.delete(taskId)
      })
      reading.set(taskId, begun)
      return begun
    }
    const before = reading.get(taskId)
    if (!before) return begin()
    const waiting = before.then(begin, begin)
    next.set(taskId, waiting)
    return waiting
  }

  return { read, history }
}
