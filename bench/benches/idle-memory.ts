import { openCrowd, Samples, subjectNames } from '../lib/crowd.ts'
import type { Lab, SubjectName } from '../lib/lab.ts'
import { interleaved } from '../lib/rounds.ts'
import { defineBench } from './define.ts'

/** A session is decided after 5 s; only then is a connection idle. */
const SETTLE_MS = 5_500

/** What a connection costs that nobody talks on: resident memory of the process, after a collection. */
export const idleMemory = defineBench({
  name: 'idle-memory',
  title: 'Memory of an idle connection',
  async measure(lab) {
    const count = lab.quick ? 50 : 10_000
    const samples = new Samples()
    for (const names of interleaved(subjectNames(lab), lab.rounds)) {
      // Memory does not care who runs beside it; each has a generator of its own for its descriptors.
      const found = await Promise.all(
        names.map(async name => [name, await perConnection(lab, name, count)] as const),
      )
      for (const [name, kib] of found) samples.add(name, kib)
    }
    const what = `resident memory of one of ${count.toLocaleString('en')} idle connections`
    return {
      figures: samples.figures(what, 'KiB'),
      claims: [
        { what, unit: 'KiB', value: samples.of('petrel'), limit: { atMost: 9.5 } },
        samples.claim(what, { atMost: 1.25 }),
      ],
      notes: [],
      generatorBusy: 0,
    }
  },
})

async function perConnection(lab: Lab, name: SubjectName, count: number): Promise<number> {
  const generator = await lab.startGenerator()
  const subject = await lab.startSubject(name, { topics: 1 })
  const { process } = subject
  // What is allocated once for all connections is not theirs.
  await openCrowd(generator, subject, Math.min(count, 500))
  await generator.call('end', { pool: name, how: 'close' })
  const before = await process.call('memory')
  await openCrowd(generator, subject, count)
  if (!lab.quick) await new Promise(resolve => setTimeout(resolve, SETTLE_MS))
  const after = await process.call('memory')
  await process[Symbol.asyncDispose]()
  await generator[Symbol.asyncDispose]()
  return (after.rss - before.rss) / count / 1_024
}
