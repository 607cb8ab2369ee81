/** A name that users may have written into rules, boards or scripts of their own, and what it is called now. */
export interface Rename {
  what: 'metric' | 'alert' | 'recording rule' | 'rule group' | 'board'
  from: string
  to: string
  /** The version that has the new name. */
  since: string
}

/** Every rename, newest first; what is gone without a successor is none. */
export const RENAMES: readonly Rename[] = [
  {
    what: 'rule group',
    from: 'petrel-slo-production',
    to: 'petrel-slo-session-production',
    since: '0.1.0',
  },
]
