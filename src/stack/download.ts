import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { errorText, PetrelError } from '#core'

export interface DownloadOptions {
  archiveUrl: string
  checksumsUrl: string
  /** Name of the binary in the archive. */
  binary: string
  /** Where the binary goes. */
  to: string
  /** A server that says nothing for so long is given up, in milliseconds. */
  silenceMs?: number
  signal: AbortSignal
}

const SILENCE_MS = 5_000

/**
 * Fetches a release's archive, checks it against the release's own list of SHA-256 sums, and puts its binary in
 * place in one rename. Whatever goes wrong, nothing is left behind.
 * @throws PetrelError `download_failed`, `checksum_mismatch`
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { archiveUrl, to, binary, signal } = options
  const sums = await fetchBytes(options.checksumsUrl, options)
  const archive = await fetchBytes(archiveUrl, options)
  const name = basename(new URL(archiveUrl).pathname)
  const expected = checksumOf(new TextDecoder().decode(sums), name)
  if (!expected) {
    throw new PetrelError('checksum_mismatch', `${options.checksumsUrl} has no checksum for ${name}`)
  }
  const actual = createHash('sha256').update(archive).digest('hex')
  if (actual !== expected) {
    throw new PetrelError(
      'checksum_mismatch',
      `${name} has SHA-256 ${actual}, its release says ${expected}`,
      {
        hint: 'the download was damaged or changed on its way: try again, or install the tool by hand',
      },
    )
  }
  await mkdir(dirname(dirname(to)), { recursive: true })
  const folder = await mkdtemp(join(dirname(dirname(to)), '.incoming-'))
  try {
    const file = join(folder, name)
    await writeFile(file, archive)
    await execa('tar', ['-xzf', file, '-C', folder], { cancelSignal: signal, stdin: 'ignore' })
    const found = (await readdir(folder, { recursive: true })).find(path => basename(path) === binary)
    if (!found) throw new PetrelError('download_failed', `${name} holds no ${binary}`)
    await mkdir(dirname(to), { recursive: true })
    await rename(join(folder, found), to)
  } catch (cause) {
    if (cause instanceof PetrelError) throw cause
    throw new PetrelError('download_failed', `${name} could not be unpacked`, { cause })
  } finally {
    await rm(folder, { recursive: true, force: true })
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

async function fetchBytes(
  url: string,
  { signal, silenceMs = SILENCE_MS }: DownloadOptions,
): Promise<Uint8Array> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(new Error(`silent for ${silenceMs} ms`)), silenceMs)
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, silence.signal]) })
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`)
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body) {
      chunks.push(chunk)
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(new Error(`silent for ${silenceMs} ms`)), silenceMs)
    }
    return Buffer.concat(chunks)
  } catch (cause) {
    signal.throwIfAborted()
    throw new PetrelError('download_failed', `${url} could not be fetched: ${errorText(cause)}`, { cause })
  } finally {
    clearTimeout(timer)
  }
}
