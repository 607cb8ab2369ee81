import type { Soon } from '#core'
import type { TaskEvent, TaskKind, TaskStatus } from '#protocol'
import type { CreateTaskRequest } from '#protocol/decode'

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
  /** Milliseconds since the Unix epoch. */
  created_at: number
  /** The batch that it is a child of. */
  parent_id?: string
  /** Who created it, where clients have tokens. */
  owner?: string
}

/** What has to be done for a task; another replica goes on with it when its own is gone. */
export interface TaskWork {
  request: CreateTaskRequest
  seed: number
  /** Planned steps that were published. */
  step: number
}

/** An event with what travels beside it. */
export interface PublishedEvent {
  event: TaskEvent
  /** When it was published, in milliseconds since the Unix epoch. */
  at: number
  /** W3C trace context of the publisher. */
  traceparent?: string
}

export interface NewTask {
  request: CreateTaskRequest
  seed: number
  parent_id?: string
  owner?: string
  /** A second creation with the same key, by the same owner and for the same batch, gives the same task. */
  idempotencyKey?: string
}

export interface PublishOptions {
  /** The planned step that this is, or the worker's number; one that is not above the last is not published again. */
  step?: number
  /** Only when the task waits for a review. */
  ifWaiting?: boolean
  traceparent?: string
}

export interface TaskPage {
  tasks: TaskSnapshot[]
  /** Where the next page begins; absent on the last. */
  next?: string
}

/** What happens to the store behind our back. */
export interface StoreEvents {
  /** The broker is reachable, or not any more. */
  onUp: (isUp: boolean) => void
  /** Live events were missing and were read from the history. */
  onGap: () => void
}

/**
 * Keeps tasks and their events, and passes new events on to every replica. What a connecting client needs, a store in
 * this process answers at once.
 * @throws PetrelError `task_unknown`, `task_ended`, `task_not_waiting`, `idempotency_conflict`; `broker_down` when
 *   what is behind it does not answer: then nothing is known of the call's outcome, and repeating it is safe.
 */
export interface TaskStore extends AsyncDisposable {
  /** `created` is false when the idempotency key was there before. */
  create(task: NewTask): Promise<{ task: TaskSnapshot; created: boolean }>
  read(taskId: string): Soon<TaskSnapshot | undefined>
  /**
   * The task as far as its events were handed to the subscribers in this process: what another replica has published
   * a moment ago may be missing. Undefined where that is not known, and has to be read.
   */
  followed(taskId: string): TaskSnapshot | undefined
  /**
   * Newest first.
   * @throws PetrelError `bad_cursor` for a cursor that no page has named
   */
  list(limit: number, cursor?: string): Promise<TaskPage>
  /** Events with a sequence above `afterSeq`, oldest first; older ones than the store keeps are missing. */
  history(taskId: string, afterSeq: number): Soon<readonly PublishedEvent[]>
  /** Numbers the event, keeps it, and passes it on. Undefined for a step that had been published. */
  publish(taskId: string, event: NewEvent, options?: PublishOptions): Promise<PublishedEvent | undefined>
  /**
   * Calls with each event that is published from now on, in order, without gaps; some from just before may come
   * first. Subscribe before reading: then nothing falls between. `onLost` is called once when the store has lost the
   * task.
   */
  subscribe(
    taskId: string,
    listener: (published: PublishedEvent) => void,
    onLost?: () => void,
  ): Soon<Disposable>
  /** Takes work whose owner has not renewed it for `leaseMs`, new tasks of one's own aside. */
  claim(limit: number, leaseMs: number): Promise<string[]>
  /** Keeps work for another `leaseMs`; 0 gives it away. */
  renew(taskIds: readonly string[], leaseMs: number): Promise<void>
  work(taskId: string): Promise<TaskWork | undefined>
  /** False while what is behind it does not answer. */
  isUp(): boolean
}

/** How much a store keeps. */
export interface StoreLimits {
  /** Events of one task; a client that missed more is told `too_old`. */
  history: number
  /** Milliseconds that a task is kept after its terminal event. */
  finishedMs: number
}

export const STORE_LIMITS: StoreLimits = { history: 1_000, finishedMs: 3_600_000 }
