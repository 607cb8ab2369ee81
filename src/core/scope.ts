/** Collects what must be released; releases it in reverse order. */
export interface Scope {
  /** Hands the resource back, and releases it when the scope ends. */
  use<T extends AsyncDisposable | Disposable>(resource: T): T
  /** Runs when the scope ends. */
  defer(release: () => unknown): void
}

type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown }

/**
 * Runs `body` and releases everything that it took, in reverse order, however it ends.
 * Every release runs, also after one that throws. (`await using` needs Node 24; this runs on 22.)
 * @throws what `body` threw, else the first error of a release.
 */
export async function withScope<T>(body: (scope: Scope) => Promise<T>): Promise<T> {
  const releases: (() => unknown)[] = []
  const scope: Scope = {
    use(resource) {
      const dispose = Symbol.asyncDispose in resource ? Symbol.asyncDispose : Symbol.dispose
      releases.push(() => (resource as unknown as Record<symbol, () => unknown>)[dispose]?.())
      return resource
    },
    defer: release => void releases.push(release),
  }
  let outcome: Outcome<T>
  try {
    outcome = { ok: true, value: await body(scope) }
  } catch (error) {
    outcome = { ok: false, error }
  }
  for (const release of releases.reverse()) {
    try {
      await release()
    } catch (error) {
      if (outcome.ok) outcome = { ok: false, error }
    }
  }
  if (outcome.ok) return outcome.value
  throw outcome.error
}

/**
 * Waits until all have settled, then gives their values or throws the first error: unlike `Promise.all` nothing is
 * still starting when the error reaches the scope that must release it.
 */
export async function allSettled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises)
  return outcomes.map(outcome => {
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  })
}
