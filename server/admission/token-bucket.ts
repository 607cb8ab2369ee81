export interface TokenBucketOptions {
  /** Tokens that come back per second; 0 means without limit. */
  ratePerSecond: number
  /** Tokens that it holds at most, and at the start. */
  burst: number
  /** Monotonic milliseconds. */
  now: () => number
}

export interface TokenBucket {
  /** Takes one token; false when there is none. */
  take(): boolean
}

/** Lets `burst` through at once and `ratePerSecond` in the long run. */
export function tokenBucket({ ratePerSecond, burst, now }: TokenBucketOptions): TokenBucket {
  if (ratePerSecond === 0) return { take: () => true }
  let tokens = burst
  let filledAt = now()
  return {
    take() {
      const at = now()
      tokens = Math.min(burst, tokens + ((at - filledAt) / 1_000) * ratePerSecond)
      filledAt = at
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
