import { again, nothingToRelease, type Place, type PreparedDisturbance, pause, redisOf } from './define.ts'

export function stallRedis(
  place: Place,
  { forMs, everyMs }: { forMs: number; everyMs: number },
): PreparedDisturbance {
  const redis = redisOf(place)
  return {
    begin: () =>
      again(everyMs - forMs, place, async () => {
        redis.freeze()
        await pause(forMs, place)
        redis.thaw()
      }),
    ...nothingToRelease,
  }
}
