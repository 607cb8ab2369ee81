import { PetrelError } from '#core'
import type { ServerSettings } from './settings/index.ts'

/** @throws PetrelError `port_busy` or `listen_failed`, from what Node says. */
export function listenError(
  error: unknown,
  { host, port }: Pick<ServerSettings, 'host' | 'port'>,
): PetrelError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EADDRINUSE') {
    return new PetrelError('port_busy', `port ${port} of ${host} is taken`, {
      hint: 'end what listens there, or take a free port with --port 0',
    })
  }
  return new PetrelError('listen_failed', `cannot listen on ${host}:${port}`, { cause: error })
}
