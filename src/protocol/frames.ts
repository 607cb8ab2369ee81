/** What a task is doing. The last three are terminal: nothing follows them. */
export type TaskStatus = 'pending' | 'running' | 'waiting_for_review' | 'completed' | 'failed' | 'cancelled'

export const TASK_KINDS = ['roadmap_generation', 'concept_content', 'batch'] as const
export type TaskKind = (typeof TASK_KINDS)[number]

/** What became of a resume: told in `connected`, never a silent partial replay. */
export const RESUME_RESULTS = ['exact', 'nothing_missed', 'gap', 'epoch_changed', 'too_old'] as const
export type ResumeResult = (typeof RESUME_RESULTS)[number]

/** The first frame of every session. */
export interface ConnectedFrame {
  type: 'connected'
  task_id: string
  /** Changes when the history of the task starts anew; a sequence means something only within its epoch. */
  epoch: string
  /** Sequence of the newest event at the time of connecting. */
  seq: number
  /** Absent when the client did not ask to resume. */
  resume?: ResumeResult
  /** The server pings this often, in milliseconds. */
  heartbeat_ms: number
  /** After a drop, wait a uniformly random time within this window before the first reconnect. */
  reconnect_window_ms: number
}

interface EventBase {
  task_id: string
  /** Counts up by one for each event of the task, from 1. */
  seq: number
  /** So many events before this one were left out, since the client read too slowly. */
  skipped?: number
}

/** A snapshot of the task: sent at once on connecting, and as the answer to `get_status`. */
export interface CurrentStatusFrame extends EventBase {
  type: 'current_status'
  status: TaskStatus
  /** 0 to 1, never goes backwards. */
  progress: number
  stage?: string
}

export interface ProgressFrame extends EventBase {
  type: 'progress'
  /** 0 to 1, never goes backwards. */
  progress: number
  stage: string
}

/** One concept of many; a concept that failed is tried again and may end well. */
export interface ConceptProgressFrame extends EventBase {
  type: 'concept_progress'
  progress: number
  stage: string
  /** Which, from 1. */
  concept: number
  /** Of how many. */
  of: number
  state: 'done' | 'retrying'
}

/** One child of a batch has ended; each child is a task with a stream of its own. */
export interface BatchProgressFrame extends EventBase {
  type: 'batch_progress'
  progress: number
  stage: string
  child_task_id: string
  /** Children that have ended so far, however. */
  done: number
  failed: number
  of: number
}

export interface HumanReviewRequiredFrame extends EventBase {
  type: 'human_review_required'
  progress: number
  prompt: string
}

export interface CompletedFrame extends EventBase {
  type: 'completed'
  progress: 1
}

export interface FailedFrame extends EventBase {
  type: 'failed'
  progress: number
  error: string
}

export interface CancelledFrame extends EventBase {
  type: 'cancelled'
  progress: number
}

/** Says what was wrong with the client's last frame, or why the server is about to close. */
export interface ErrorFrame {
  type: 'error'
  /** A close code or a named error of PROTOCOL.md. */
  code: string
  text: string
  /** Come back no sooner than this, in milliseconds. */
  retry_after_ms?: number
}

export interface PongFrame {
  type: 'pong'
}

export type TerminalFrame = CompletedFrame | FailedFrame | CancelledFrame
/** What a task publishes: numbered, kept in its history, sent to all its clients. */
export type TaskEvent =
  | ProgressFrame
  | ConceptProgressFrame
  | BatchProgressFrame
  | HumanReviewRequiredFrame
  | TerminalFrame
export type ServerFrame = ConnectedFrame | CurrentStatusFrame | TaskEvent | ErrorFrame | PongFrame

export const TASK_EVENT_TYPES = [
  'progress',
  'concept_progress',
  'batch_progress',
  'human_review_required',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly TaskEvent['type'][]

export const SERVER_FRAME_TYPES = [
  'connected',
  'current_status',
  ...TASK_EVENT_TYPES,
  'error',
  'pong',
] as const satisfies readonly ServerFrame['type'][]

export const CLIENT_FRAME_TYPES = ['ping', 'get_status'] as const
export type ClientFrameType = (typeof CLIENT_FRAME_TYPES)[number]
export interface ClientFrame {
  type: ClientFrameType
}

/** True for the events after which a task says nothing more. */
export function isTerminal(type: string): boolean {
  return type === 'completed' || type === 'failed' || type === 'cancelled'
}

/** Frames that prove the stream works: anything but the greeting and an error. */
export function isUseful(type: string): boolean {
  return type !== 'connected' && type !== 'error' && type !== 'pong'
}
