import { PetrelError, withTimeout } from '#core'
import type { PublishedEvent, TaskSnapshot, TaskStore } from './store.ts'

/** Reads for connecting clients: a thousand that come back at once ask the store once. */
export interface TaskReader {
  /** The task as it was at some moment after the call. */
  read(taskId: string): Promise<TaskSnapshot | undefined>
  history(taskId: string, afterSeq: number): Promise<PublishedEvent[]>
}

/**
 * Joins equal reads that are under way, and bounds them in time.
 * @throws PetrelError `broker_down` when a read takes longer than `timeoutMs`.
 */
export function taskReader(
  store: TaskStore,
  { timeoutMs, delay }: { timeoutMs: number; delay: () => Promise<void> },
): TaskReader {
  const underWay = new Map<string, Promise<unknown>>()
  function once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const joined = underWay.get(key) as Promise<T> | undefined
    if (joined) return joined
    const slow = () =>
      new PetrelError('broker_down', `the store took more than ${timeoutMs} ms to read a history`)
    const reading = withTimeout(read(), timeoutMs, slow).finally(() => underWay.delete(key))
    underWay.set(key, reading)
    return reading
  }
  const reading = new Map<string, Promise<TaskSnapshot | undefined>>()
  const next = new Map<string, Promise<TaskSnapshot | undefined>>()

  /** Who asks while a read is under way waits for the one after it: what began before may not hold what was told since. */
  function read(taskId: string): Promise<TaskSnapshot | undefined> {
    const joined = next.get(taskId)
    if (joined) return joined
    const begin = () => {
      next.delete(taskId)
      const begun = store.read(taskId).finally(() => {
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

  return {
    read,
    history: (taskId, afterSeq) =>
      once(`${taskId} ${afterSeq}`, async () => {
        await delay()
        return store.history(taskId, afterSeq)
      }),
  }
}
