import type { WindowSet } from '#catalog'
import type { FiredAlert } from '../alerts.ts'
import type { UpFigures } from '../figures.ts'
import type { Storm } from '../storms.ts'

/** Everything that the page shows, at one moment. Times in milliseconds since the Unix epoch. */
export interface UpState {
  now: number
  /** The time that charts show. */
  span: { from: number; to: number }
  windows: WindowSet
  /** What runs, in the order in which it starts; without a URL while it is not ready. */
  parts: readonly { name: string; url: string | null }[]
  alerts: readonly FiredAlert[]
  /** The storm that blows, or else the last one. */
  storm: (Storm & { isBlowing: boolean }) | null
  /** Null while Prometheus is not ready, or when it does not answer: then `problem` says why. */
  figures: UpFigures | null
  problem: string
  /** The server's first error lines, as it wrote them. */
  errorLines: readonly string[]
}
