import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PetrelError, type Report } from '#core'
import { startProcess } from './owned-process.ts'

/** The module that pins what is built; its `go.sum` checks every source. */
const GOTOOLS = fileURLToPath(new URL('./gotools/', import.meta.url))

const PROGRESS_EVERY_MS = 5_000

/**
 * Builds a Go program from the pinned module and puts it in place in one rename. A line of progress every 5 s:
 * the first build downloads and compiles for one to five minutes.
 * @throws PetrelError `build_failed` with the compiler's last lines.
 */
export async function goBuild(
  { name, goPackage, to }: { name: string; goPackage: string; to: string },
  { go, report, signal }: { go: string; report: Report; signal: AbortSignal },
): Promise<void> {
  await mkdir(dirname(dirname(to)), { recursive: true })
  const folder = await mkdtemp(join(dirname(dirname(to)), '.incoming-'))
  const began = performance.now()
  let downloaded = 0
  let compiled = 0
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1_000)
    report(`building ${name}: ${downloaded} modules fetched, ${compiled} packages compiled, ${seconds} s`)
  }, PROGRESS_EVERY_MS)
  try {
    report(`building ${name} from source with ${go} (once; one to five minutes)`)
    const output = join(folder, name)
    const build = await startProcess({
      name: `go build ${name}`,
      command: go,
      args: ['build', '-v', '-trimpath', '-o', output, goPackage],
      cwd: GOTOOLS,
      env: { GOFLAGS: '-mod=readonly', GOWORK: 'off', CGO_ENABLED: '0' },
      signal,
      onLine(line) {
        if (line.startsWith('go: downloading')) downloaded += 1
        else compiled += 1
      },
    })
    const { code } = await build.exited
    signal.throwIfAborted()
    if (code !== 0) {
      throw new PetrelError('build_failed', `go could not build ${name} (exit ${code})`, {
        hint: build.tail().slice(-5).join('\n'),
      })
    }
    await mkdir(dirname(to), { recursive: true })
    await rename(output, to)
  } finally {
    clearInterval(timer)
    await rm(folder, { recursive: true, force: true })
  }
}
