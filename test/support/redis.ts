import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OwnedProcess, onFreePort, startProcess } from '#stack'

/** A Redis of the test's own, with its data on disk; it can be killed and started again on the same port. */
export interface TestRedis extends AsyncDisposable {
  url: string
  port: number
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** It answers nothing until the disposable is disposed of; its connections stay. */
  freeze(): Disposable
}

export async function startRedis(path: string): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-redis-'))
  let child: OwnedProcess | undefined
  const start = async (port: number) => {
    const ready = Promise.withResolvers<void>()
    const options = {
      port,
      bind: '127.0.0.1',
      dir: folder,
      save: '',
      appendonly: 'yes',
      appendfsync: 'always',
    }
    child = await startProcess({
      name: 'redis-server',
      command: path,
      args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      onLine(line) {
        if (line.includes('Ready to accept connections')) ready.resolve()
      },
    })
    const { exited, tail } = child
    void exited.then(() => ready.reject(new Error(`redis-server ended: ${tail().join('\n')}`)))
    await ready.promise
    return port
  }
  const port = await onFreePort(start)
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async kill() {
      if (child) process.kill(child.pid, 'SIGKILL')
      await child?.exited
    },
    async restart() {
      await start(port)
    },
    freeze() {
      const pid = child?.pid ?? 0
      process.kill(pid, 'SIGSTOP')
      return { [Symbol.dispose]: () => void process.kill(pid, 'SIGCONT') }
    },
    async [Symbol.asyncDispose]() {
      await child?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
