/** How a server lets a client in, as far as k6 tells: of a refusal only that it was one, not its status. */
export interface Entry {
  /** Forgets all: what was before says nothing of what follows. */
  begin(): void
  /** An attempt has ended, which had opened or not. */
  ended(opened: boolean): void
  /**
   * Whether it was let in and then refused: most likely the server holds it as a loop. Who dials a wrong path is never
   * let in, and not held.
   */
  isHeld(): boolean
}

export function entryOf(): Entry {
  let wasLetIn = false
  let wasRefused = false
  return {
    begin() {
      wasLetIn = false
      wasRefused = false
    },
    ended(opened) {
      if (opened) wasLetIn = true
      else if (wasLetIn) wasRefused = true
    },
    isHeld: () => wasRefused,
  }
}

/** A client that is held comes back as another, as after a page load; all others are who they were. */
export function idAfter(clientId: string, entry: Entry): string {
  return entry.isHeld() ? `${clientId}-anew` : clientId
}
