import { existsSync } from 'node:fs'
import { PetrelError, type Report } from '#core'
import { startProcess } from './owned-process.ts'

/** True where `apt-get install` works: a Debian and root. */
export function canUseApt(): boolean {
  return existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
}

const PROGRESS_EVERY_MS = 5_000

/**
 * Installs Debian packages; the services that they bring are not started by it.
 * @throws PetrelError `apt_failed` with apt's last lines.
 */
export async function aptInstall(
  packages: readonly string[],
  { report, signal }: { report: Report; signal: AbortSignal },
): Promise<void> {
  const apt = async (what: string, args: readonly string[]): Promise<void> => {
    const began = performance.now()
    const timer = setInterval(() => {
      report(`${what}: ${Math.round((performance.now() - began) / 1_000)} s`)
    }, PROGRESS_EVERY_MS)
    try {
      report(what)
      const child = await startProcess({
        name: 'apt-get',
        command: '/usr/bin/apt-get',
        // RUNLEVEL=1 is single user: invoke-rc.d starts nothing in it.
        env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
        args: ['-o', 'DPkg::Lock::Timeout=120', '-q', '-y', ...args],
        signal,
        graceMs: 30_000,
      })
      const { code } = await child.exited
      signal.throwIfAborted()
      if (code !== 0) {
        throw new PetrelError('apt_failed', `apt-get ${args.join(' ')} failed (exit ${code})`, {
          hint: child.tail().slice(-5).join('\n'),
        })
      }
    } finally {
      clearInterval(timer)
    }
  }
  await apt('reading the package lists', ['update'])
  await apt(`installing ${packages.join(', ')}`, ['install', '--no-install-recommends', ...packages])
}
