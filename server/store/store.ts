import type { TaskEvent, TaskKind, TaskStatus } from '#protocol'

/** An event before the store gives it its task and its sequence. */
export type NewEvent = TaskEvent extends infer Event
  ? Event extends TaskEvent
    ? Omit<Event, 'task_id' | 'seq'>
    : never
  : never

export interface TaskSnapshot {
  task_id: string
  kind: TaskKind
  status: TaskStatus
  /** Changes when the history starts anew. */
  epoch: string
  /** Sequence of the newest event, 0 before the first. */
  seq: number
  /** 0 to 1. */
  progress: number
  stage?: string
}

/** Keeps tasks and their events, and passes new events on. */
export interface TaskStore {
  create(kind: TaskKind): Promise<TaskSnapshot>
  read(taskId: string): Promise<TaskSnapshot | undefined>
  /** Events with a sequence above `afterSeq`, oldest first; older ones than the store keeps are missing. */
  history(taskId: string, afterSeq: number): Promise<TaskEvent[]>
  /** Numbers the event, keeps it, and hands it to every subscriber before it returns. */
  publish(taskId: string, event: NewEvent): Promise<TaskEvent>
  /** Calls with each event that is published from now on. Subscribe before reading: then nothing falls between. */
  subscribe(taskId: string, listener: (event: TaskEvent) => void): Disposable
}
