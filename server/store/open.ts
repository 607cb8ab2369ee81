import type { Clock } from '#core'
import { type Instruments, METRICS } from '#instrument'
import type { Logger } from '../log.ts'
import type { ServerSettings } from '../settings/index.ts'
import { memoryStore } from './memory.ts'
import { redisStore } from './redis/index.ts'
import type { TaskStore } from './store.ts'

/** The store that the settings ask for, measured. */
export async function openStore(
  { redisUrl }: ServerSettings,
  instruments: Instruments,
  log: Logger,
  clock: Clock,
): Promise<TaskStore> {
  let wasUp = false
  const tell = (isUp: boolean) => {
    instruments.set(METRICS.taskBrokerUp, {}, isUp ? 1 : 0)
    if (isUp && wasUp) instruments.add(METRICS.taskBrokerReconnectsTotal, {})
    wasUp ||= isUp
  }
  if (redisUrl === undefined) {
    tell(true)
    return memoryStore(clock)
  }
  return redisStore({
    url: redisUrl,
    clock,
    events: {
      onUp(isUp) {
        tell(isUp)
        if (isUp) log.info('task_broker_up')
        else log.warn('task_broker_down')
      },
      onGap: () => instruments.add(METRICS.taskSequenceGapsTotal, { where: 'broker' }),
    },
  })
}
