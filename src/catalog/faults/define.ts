/** A bug that the reference server can be told to have. Off unless switched on. */
export interface Fault<Variant extends string = string> {
  /** As in `--fault slow-history=1s`. */
  name: string
  /** What the bug is, and how servers come by it. */
  description: string
  /** What it can be set to beside `off`, mildest first, each with what it does. The bare name means the first. */
  variants: Readonly<Record<Variant, string>>
  /** What somebody who follows a task notices. */
  users: string
  /** Metrics that reveal it, each with how it moves. */
  moves: readonly { metric: { name: string }; how: string }[]
}

export const FAULT_OFF = 'off'

/** Keeps the variants as a type, so that the server has to know each of them. */
export function defineFault<const Variant extends string>(fault: Fault<Variant>): Fault<Variant> {
  return fault
}
