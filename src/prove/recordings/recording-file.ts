import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import { errorText, PetrelError } from '#core'
import { type Recording, recordingSchema } from './recording.ts'

const compress = promisify(gzip)
const expand = promisify(gunzip)
const ENDING = '.recording.json.gz'
/** Of one recording, unpacked: a run of minutes has some megabytes. */
const MOST_BYTES = 256 * 1024 * 1024

/**
 * Writes one recording into a folder, under its name; returns its path.
 * @throws PetrelError `out_unwritable`
 */
export async function saveRecording(folder: string, recording: Recording): Promise<string> {
  const path = join(folder, `${recording.name}${ENDING}`)
  const packed = await compress(JSON.stringify(recording), { level: 9 })
  try {
    await writeFile(path, packed)
  } catch (cause) {
    throw new PetrelError('out_unwritable', `cannot write to ${path}: ${errorText(cause)}`, {
      hint: 'make room on the disk, or name another folder with --out',
    })
  }
  return path
}

/** @throws PetrelError `recording_unreadable` for what is missing, none, or of another version. */
export async function readRecording(path: string): Promise<Recording> {
  let read: unknown
  try {
    read = JSON.parse((await expand(await readFile(path), { maxOutputLength: MOST_BYTES })).toString('utf8'))
  } catch (cause) {
    throw new PetrelError('recording_unreadable', `${path} is no recording: ${errorText(cause)}`, { cause })
  }
  const parsed = recordingSchema.safeParse(read)
  if (parsed.success) return parsed.data
  const { schema } = z.object({ schema: z.string() }).safeParse(read).data ?? {}
  if (schema !== undefined && schema !== recordingSchema.shape.schema.value) {
    throw new PetrelError(
      'recording_unreadable',
      `${path} is of the version ${schema}, which this Petrel does not read`,
      {
        hint: 'record the run again with petrel prove',
      },
    )
  }
  const [first] = parsed.error.issues
  throw new PetrelError(
    'recording_unreadable',
    `${path} is no recording: ${first?.path.join('.')}: ${first?.message}`,
  )
}

/** Names of the recordings in a folder, sorted; none where there is no folder. */
export async function recordingNames(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => [])
  return files
    .filter(file => file.endsWith(ENDING))
    .map(file => file.slice(0, -ENDING.length))
    .toSorted()
}

/** Where a recording of a folder is. @throws PetrelError `recording_unreadable` when there is none of that name. */
export async function recordingPath(folder: string, name: string): Promise<string> {
  const names = await recordingNames(folder)
  if (names.includes(name)) return join(folder, `${name}${ENDING}`)
  throw new PetrelError('recording_unreadable', `there is no recording "${name}" in ${folder}`, {
    hint: names.length === 0 ? 'petrel prove saves its runs' : `there are ${names.join(', ')}`,
  })
}
