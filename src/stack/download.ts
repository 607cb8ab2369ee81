import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { errorText, PetrelError, type Report } from '#core'

export interface DownloadOptions {
  archiveUrl: string
  checksumsUrl: string
  /** Names of the binaries to take out of the archive. */
  binaries: readonly string[]
  /** Folder that the binaries go to. */
  folder: string
  /** A server that says nothing for so long is given up, in milliseconds. */
  silenceMs?: number
  report: Report
  signal: AbortSignal
}

const SILENCE_MS = 5_000
const PROGRESS_EVERY_MS = 5_000

/**
 * Fetches a release's archive, checks it against the release's own list of SHA-256 sums, and puts its binaries
 * in place, each in one rename. Whatever goes wrong, nothing is left behind.
 * @throws PetrelError `network_unreachable`, `download_failed`, `checksum_mismatch`
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { archiveUrl, checksumsUrl, binaries, signal } = options
  const name = basename(new URL(archiveUrl).pathname)
  const lists: Uint8Array[] = []
  await fetchTo(checksumsUrl, options, async chunk => void lists.push(chunk))
  const expected = checksumOf(Buffer.concat(lists).toString('utf8'), name)
  if (!expected) throw new PetrelError('checksum_mismatch', `${checksumsUrl} has no checksum for ${name}`)

  await mkdir(dirname(options.folder), { recursive: true })
  const incoming = await mkdtemp(join(dirname(options.folder), '.incoming-'))
  try {
    const archive = join(incoming, name)
    const actual = await fetchToFile(archiveUrl, archive, options)
    if (actual !== expected) {
      throw new PetrelError(
        'checksum_mismatch',
        `${name} has SHA-256 ${actual}, its release says ${expected}`,
        { hint: 'the download was damaged or changed on its way: try again, or install the tool by hand' },
      )
    }
    await unpack(archive, incoming, signal)
    const files = await readdir(incoming, { recursive: true })
    const found = binaries.map(binary => {
      const file = files.find(path => basename(path) === binary)
      if (!file) throw new PetrelError('download_failed', `${name} holds no ${binary}`)
      return { binary, file }
    })
    await mkdir(options.folder, { recursive: true })
    for (const { binary, file } of found) {
      await rename(join(incoming, file), join(options.folder, binary))
    }
  } finally {
    await rm(incoming, { recursive: true, force: true })
  }
}

/** The sum of one file in a list of `hex  name` lines. */
export function checksumOf(list: string, file: string): string | undefined {
  for (const line of list.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/)
    if (name && basename(name) === file && sum && /^[0-9a-f]{64}$/i.test(sum)) return sum.toLowerCase()
  }
  return undefined
}

async function unpack(archive: string, folder: string, signal: AbortSignal): Promise<void> {
  try {
    await execa('tar', ['-xzf', archive, '-C', folder], { cancelSignal: signal, stdin: 'ignore' })
  } catch (cause) {
    signal.throwIfAborted()
    throw new PetrelError('download_failed', `${basename(archive)} could not be unpacked`, { cause })
  }
}

/** Returns the file's SHA-256 in hex. */
async function fetchToFile(url: string, path: string, options: DownloadOptions): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path, 'wx')
  let bytes = 0
  const timer = setInterval(
    () => options.report(`fetching ${basename(path)}: ${(bytes / 1e6).toFixed(1)} MB`),
    PROGRESS_EVERY_MS,
  )
  try {
    await fetchTo(url, options, async chunk => {
      bytes += chunk.length
      hash.update(chunk)
      await file.write(chunk)
    })
  } finally {
    clearInterval(timer)
    await file.close()
  }
  return hash.digest('hex')
}

async function fetchTo(
  url: string,
  { signal, silenceMs = SILENCE_MS }: DownloadOptions,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const silence = new AbortController()
  const silent = () => silence.abort(new Error(`silent for ${silenceMs} ms`))
  let timer = setTimeout(silent, silenceMs)
  let answered = false
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, silence.signal]) })
    answered = true
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`)
    for await (const chunk of response.body) {
      clearTimeout(timer)
      await take(chunk)
      timer = setTimeout(silent, silenceMs)
    }
  } catch (cause) {
    signal.throwIfAborted()
    const code = answered ? 'download_failed' : 'network_unreachable'
    throw new PetrelError(code, `${url} could not be fetched: ${errorText(cause)}`, { cause })
  } finally {
    clearTimeout(timer)
    // A body that nobody reads to its end keeps its connection.
    silence.abort()
  }
}
