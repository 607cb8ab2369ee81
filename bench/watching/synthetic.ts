import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PetrelError } from '#core'
import { runTool } from '#run'

export interface ScrapedSeries {
  /** As the server wrote it, with its labels: `ws_connections{state="open"}`. */
  id: string
  isCounter: boolean
}

/** The series of one scrape whose metrics somebody reads. */
export function seriesOf(page: string, isRead: (name: string) => boolean): ScrapedSeries[] {
  const types = new Map(
    [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  )
  return [...page.matchAll(/^([a-zA-Z_:][\w:]*)(\{.*\})? \S+$/gm)].flatMap(([, name = '', labels = '']) => {
    const type = types.get(name) ?? types.get(name.replace(/_(bucket|count|sum)$/, ''))
    return isRead(name) ? [{ id: name + (labels === '{}' ? '' : labels), isCounter: type !== 'gauge' }] : []
  })
}

export interface SyntheticOptions {
  promtool: string
  /** For the texts that promtool reads; removed again. */
  folder: string
  dataFolder: string
  signal: AbortSignal
}

export interface Span {
  /** Seconds since the Unix epoch. */
  from: number
  to: number
  /** Seconds between two samples. */
  step: number
}

/** promtool reads its text once for each block: one block for each text. */
const BLOCK_SECONDS = 2 * 3_600
const LONGEST_BLOCK = '1536h'

/** Fills a Prometheus's data folder with what `instances` servers of one job would have told it. */
export async function writeInstances(
  series: readonly ScrapedSeries[],
  job: string,
  instances: number,
  span: Span,
  options: SyntheticOptions,
): Promise<void> {
  const all = Array.from(
    { length: instances },
    (_, index) => `job="${job}",instance="10.0.0.${index + 1}:8080"`,
  ).flatMap(target => [
    { id: `up{${target}}`, isCounter: false },
    ...series.map(({ id, isCounter }) => ({
      id: id.endsWith('}') ? `${id.slice(0, -1)},${target}}` : `${id}{${target}}`,
      isCounter,
    })),
  ])
  for (let from = span.from; from < span.to; ) {
    const to = Math.min(span.to, (Math.floor(from / BLOCK_SECONDS) + 1) * BLOCK_SECONDS)
    await writeBlock(all, { ...span, from, to }, span.from, '2h', options)
    from = to
  }
}

/** Fills it with what rules have recorded, for as long as the error budget looks back. */
export const writeRecorded = (names: readonly string[], job: string, span: Span, options: SyntheticOptions) =>
  writeBlock(
    names.map(name => ({ id: `${name}{job="${job}"}`, isCounter: false })),
    span,
    span.from,
    LONGEST_BLOCK,
    options,
  )

async function writeBlock(
  series: readonly ScrapedSeries[],
  span: Span,
  begin: number,
  longest: string,
  { promtool, folder, dataFolder, signal }: SyntheticOptions,
): Promise<void> {
  const file = join(folder, 'synthetic.om')
  await pipeline(Readable.from(lines(series, span, begin)), createWriteStream(file), { signal })
  const args = [
    'tsdb',
    'create-blocks-from',
    `--max-block-duration=${longest}`,
    'openmetrics',
    file,
    dataFolder,
  ]
  const { ok, text } = await runTool(promtool, args, signal)
  await rm(file)
  if (!ok) throw new PetrelError('service_start_failed', 'promtool made no block', { hint: text.slice(-600) })
}

/** Counters grow at a pace of their own, gauges swing: no two series compress alike. A chunk of text for each series. */
function* lines(
  series: readonly ScrapedSeries[],
  { from, to, step }: Span,
  begin: number,
): Generator<string> {
  for (const [index, { id, isCounter }] of series.entries()) {
    const pace = 1 + (index % 17)
    let text = ''
    for (let time = from; time < to; time += step) {
      const at = Math.round((time - begin) / step)
      const wobble = Math.imul(at + index * 7_919, 2_654_435_761) >>> 28
      text += `${id} ${isCounter ? at * pace * 16 + wobble : pace + wobble} ${time}\n`
    }
    yield text
  }
  yield '# EOF\n'
}
