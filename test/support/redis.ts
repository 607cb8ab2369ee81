import { startRedis as startOn, temporaryFolder } from '#stack'

/** A Redis of the test's own, with its data on disk; it can be killed and started again on the same port. */
export interface TestRedis extends AsyncDisposable {
  url: string
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** It answers nothing until the disposable is disposed of; its connections stay. */
  freeze(): Disposable
}

export async function startRedis(path: string): Promise<TestRedis> {
  const folder = await temporaryFolder('redis')
  const options = { path, folder: folder.path, keeps: 'always' } as const
  let redis = await startOn(options).catch(async error => {
    await folder[Symbol.asyncDispose]()
    throw error
  })
  const { url, port } = redis
  return {
    url,
    async kill() {
      process.kill(redis.process.pid, 'SIGKILL')
      await redis.process.exited
    },
    async restart() {
      redis = await startOn({ ...options, port })
    },
    freeze() {
      const { pid } = redis.process
      process.kill(pid, 'SIGSTOP')
      return { [Symbol.dispose]: () => void process.kill(pid, 'SIGCONT') }
    },
    async [Symbol.asyncDispose]() {
      await redis[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
