import { nothingToRelease, type Place, type PreparedDisturbance } from './define.ts'

export function killServer({ deployment, clock }: Place): PreparedDisturbance {
  const last = deployment.urls.length - 1
  let from: number | undefined
  let to: number | undefined
  return {
    async begin() {
      from = clock.wall()
      await deployment.kill(last)
    },
    // It is over when the other one listens, however long that takes.
    async end() {
      await deployment.replace(last)
      to = clock.wall()
    },
    span: () => (from === undefined || to === undefined ? undefined : { from, to }),
    ...nothingToRelease,
  }
}
