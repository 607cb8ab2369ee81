import { PetrelError, systemClock } from '#core'
import { createTaskRequest } from '#protocol/decode'
import { locateTool, TOOLS, toolCache, waysToGet } from '#stack'
import { redisStore } from '../../server/store/redis/index.ts'
import { PROJECT } from '../../src/cli/project.ts'
import { startRedis } from '../../test/support/redis.ts'
import type { PetrelOptions } from '../subjects/petrel.ts'
import type { Lab } from './lab.ts'

/** A Redis of the bench's own with external tasks in it, and what a server needs to serve them. */
export interface SharedTasks {
  taskIds: string[]
  options: Pick<PetrelOptions, 'taskIds' | 'settings'> & { settings: { redisUrl: string } }
}

export async function taskStore(lab: Lab, count: number): Promise<SharedTasks> {
  const tool = TOOLS['redis-server']
  const found = await locateTool(tool, process.env, toolCache(process.env, PROJECT))
  if (!found) {
    throw new PetrelError('tool_missing', 'redis-server is not here', { hint: waysToGet(tool).join('; or ') })
  }
  const redis = await startRedis(found.path)
  lab.defer(() => redis[Symbol.asyncDispose]())
  const store = await redisStore({
    url: redis.url,
    clock: systemClock,
    events: { onUp: () => {}, onGap: () => {} },
  })
  const request = createTaskRequest.parse({ kind: 'roadmap_generation', work: 'external' })
  const taskIds: string[] = []
  for (let seed = 0; seed < count; seed++) taskIds.push((await store.create({ request, seed })).task.task_id)
  await store[Symbol.asyncDispose]()
  return { taskIds, options: { taskIds, settings: { redisUrl: redis.url } } }
}
