import { Redis } from 'ioredis'
import { again, type Place, type PreparedDisturbance, redisOf } from './define.ts'

export function dropSubscribers(place: Place, everyMs: number): PreparedDisturbance {
  const redis = new Redis(redisOf(place).url, { lazyConnect: true })
  redis.on('error', () => {})
  return {
    begin: () => again(everyMs, place, () => redis.client('KILL', 'TYPE', 'PUBSUB')),
    async [Symbol.asyncDispose]() {
      redis.disconnect()
    },
  }
}
