/** Exit codes of every command (design: "Verdicts"). */
export const EXIT = {
  held: 0,
  didNotHold: 1,
  usage: 2,
  environment: 3,
  notProven: 4,
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** A proven violation beats an unproven one; what the person did beats both. */
const PRECEDENCE: readonly ExitCode[] = [130, 2, 3, 1, 4, 0]

/** The code to leave with when several things happened. None is `0`. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return PRECEDENCE.find(code => codes.includes(code)) ?? EXIT.held
}
