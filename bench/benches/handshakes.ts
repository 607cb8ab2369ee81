import { busyDuring, Samples, startSubjects } from '../lib/crowd.ts'
import { interleaved } from '../lib/rounds.ts'
import { defineBench } from './define.ts'

/** Under way at once: enough to keep the server busy, too few to queue for long. */
const CONCURRENCY = 64

/** From the connect to the first message that a client can use. Closing is not part of it. */
export const handshakes = defineBench({
  name: 'handshakes',
  title: 'Handshakes with the first message',
  async measure(lab) {
    const count = lab.quick ? 30 : 4_000
    const generator = await lab.startGenerator()
    const subjects = await startSubjects(lab, { topics: 1 })
    const samples = new Samples()
    let generatorBusy = 0
    // The first rounds warm up: a handshake is much code, and compiling it counts as the server's CPU.
    const warmUp = lab.quick ? 1 : 4
    for (const [index, order] of [...interleaved(subjects, lab.rounds + warmUp)].entries()) {
      for (const { name, process, listening, dialect } of order) {
        const slowness = await process.call('slowness')
        const before = await process.call('cpu')
        const { value, busy } = await busyDuring(generator, () =>
          generator.call('open', { pool: name, ...listening, count, concurrency: CONCURRENCY, dialect }),
        )
        const cpuSeconds = (await process.call('cpu')) - before
        if (value.failed > 0) throw new Error(`${value.failed} handshakes of ${name} failed`)
        await generator.call('end', { pool: name, how: 'close' })
        if (index < warmUp) continue
        samples.add(name, (count / cpuSeconds) * slowness)
        generatorBusy = Math.max(generatorBusy, busy)
      }
    }
    const what = 'handshakes with first message per CPU second'
    return {
      figures: samples.figures(what, '/s'),
      claims: [samples.claim(what, { atLeast: 0.85 })],
      notes: [],
      generatorBusy,
    }
  },
})
