import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PetrelError } from '#core'
import { runTool } from '#run'
import { seriesName } from './promtool-test.ts'
import type { RecordedSample, Recording } from './recording.ts'

/**
 * How a Prometheus that shows a recording has to be started. It must look back no further than some samples: a block
 * has no marks of what went stale, and an alert that let go would fire on for five minutes. And it must not throw the
 * block away for its age.
 */
export const RECORDING_FLAGS = ['--query.lookback-delta=3s', '--storage.tsdb.retention.time=100y'] as const

/** A recording as OpenMetrics, with the times at which it was recorded. Lines of a series stand together, as it asks. */
export function* openMetrics({ series, startsAt, stepMs }: Recording): Generator<string> {
  for (const { name, labels, values } of series) {
    const id = seriesName(name, labels)
    for (const [index, value] of values.entries()) {
      const text = sampleText(value)
      if (text !== undefined) yield `${id} ${text} ${((startsAt + index * stepMs) / 1_000).toFixed(3)}\n`
    }
  }
  yield '# EOF\n'
}

function sampleText(value: RecordedSample): string | undefined {
  return value === null || value === 'stale' ? undefined : String(value)
}

/**
 * Makes blocks of a recording in `dataFolder`, which a Prometheus with `RECORDING_FLAGS` then opens as its data.
 * `folder` is for what is needed meanwhile.
 * @throws PetrelError `recording_unreadable` when promtool refuses it.
 */
export async function openAsBlocks(
  recording: Recording,
  options: { promtool: { path: string }; folder: string; dataFolder: string; signal: AbortSignal },
): Promise<void> {
  const { promtool, folder, dataFolder, signal } = options
  const text = join(folder, `${recording.name}.om`)
  try {
    await pipeline(Readable.from(openMetrics(recording)), createWriteStream(text), { signal })
    const { ok, text: answer } = await runTool(
      promtool.path,
      ['tsdb', 'create-blocks-from', 'openmetrics', text, dataFolder],
      signal,
    )
    if (ok) return
    throw new PetrelError(
      'recording_unreadable',
      `promtool made no block of the recording ${recording.name}`,
      {
        hint: answer.trim().slice(-600),
      },
    )
  } finally {
    await rm(text, { force: true })
  }
}
