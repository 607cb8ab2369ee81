import { nothingToRelease, type Place, type PreparedDisturbance, redisOf } from './define.ts'

export function stopRedis(place: Place): PreparedDisturbance {
  const redis = redisOf(place)
  return { begin: () => redis.kill(), end: () => redis.restart(), ...nothingToRelease }
}
