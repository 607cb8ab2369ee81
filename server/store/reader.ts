import { PetrelError, withTimeout } from '#core'
import type { PublishedEvent, TaskSnapshot, TaskStore } from './store.ts'

/** Reads for connecting clients: a thousand that come back at once ask the store once. */
export interface TaskReader {
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
  return {
    read: taskId => store.read(taskId),
    history: (taskId, afterSeq) =>
      once(`${taskId} ${afterSeq}`, async () => {
        await delay()
        return store.history(taskId, afterSeq)
      }),
  }
}
