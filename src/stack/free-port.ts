import { type AddressInfo, createServer } from 'node:net'
import { PetrelError } from '#core'

/**
 * A port of 127.0.0.1 that was free a moment ago, for programs that cannot say which port they took.
 * Somebody else may take it in between: start them through `onFreePort`.
 */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

const TRIES = 3

/** Calls `start` with a free port, and with another when it throws `port_busy`, three times in all. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort())
    } catch (error) {
      const taken = error instanceof PetrelError && error.code === 'port_busy'
      if (!taken || attempt === TRIES) throw error
    }
  }
}
