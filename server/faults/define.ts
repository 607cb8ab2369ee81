/** A switch that turns a bug on. All are off by default. */
export interface FaultSwitch {
  /** As in `--fault send-in-catch`. */
  name: string
  /** What the bug is, and what users and logs show of it. */
  description: string
  /** What it can be set to; the first is off. */
  variants: readonly ['off', ...string[]]
}
