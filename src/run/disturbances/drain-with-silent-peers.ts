import { STREAM_PATH } from '#protocol'
import { connectBadReaders, readerUrls } from '../causes/bad-readers.ts'
import { createTask } from '../causes/server-requests.ts'
import { type Place, type PreparedDisturbance, replaceSoon } from './define.ts'

/**
 * Tells the first server to stop while clients hang on it that answer nothing. The crowd is at the others: what is
 * shown is a server that does not get rid of its sessions, not who is turned away by it.
 */
export async function drainWithSilentPeers(place: Place, count: number): Promise<PreparedDisturbance> {
  const { deployment, fault, clock, signal } = place
  const [first = '', ...others] = deployment.urls
  const taskId = (await createTask(first, fault.to - clock.wall(), signal)) ?? ''
  const peers = connectBadReaders(readerUrls(first, STREAM_PATH, taskId, count), 'nothing', clock)
  await peers.opened
  let span: { from: number; to: number } | undefined
  return {
    targets: others,
    async begin() {
      peers.begin()
      const from = clock.wall()
      await deployment.stop(0)
      span = { from, to: clock.wall() }
      await replaceSoon(place, 0)
    },
    span: () => span,
    [Symbol.asyncDispose]: () => peers[Symbol.asyncDispose](),
  }
}
