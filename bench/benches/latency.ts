import { busyDuring, openCrowd, Samples, startSubjects } from '../lib/crowd.ts'
import { interleaved } from '../lib/rounds.ts'
import { defineBench } from './define.ts'

const PER_SECOND = 20
/** A p99 lives off rare moments, most of them the neighbours': it takes more rounds to see past them. */
const ROUNDS_FACTOR = 3

/** From the publish call in the server to the read in the client, at a steady pace. */
export const latency = defineBench({
  name: 'latency',
  title: `Delivery latency: 1,000 receivers, ${PER_SECOND} messages a second each`,
  async measure(lab) {
    const receivers = lab.quick ? 20 : 1_000
    const seconds = lab.quick ? 0.5 : 4
    const generator = await lab.startGenerator()
    const subjects = await startSubjects(lab, { topics: 1 })
    for (const subject of subjects) await openCrowd(generator, subject, receivers)
    const p50 = new Samples()
    const p99 = new Samples()
    let generatorBusy = 0
    for (const [index, order] of [...interleaved(subjects, ROUNDS_FACTOR * lab.rounds + 1)].entries()) {
      for (const { name, process } of order) {
        await generator.call('collect', { pool: name })
        const { busy } = await busyDuring(generator, () =>
          process.call('pace', { perSecond: PER_SECOND, seconds, topics: 1 }),
        )
        const found = await generator.call('arrived', {
          pool: name,
          messages: PER_SECOND * seconds * receivers,
        })
        if (index === 0) continue
        p50.add(name, found.p50)
        p99.add(name, found.p99)
        generatorBusy = Math.max(generatorBusy, busy)
      }
    }
    return {
      figures: [...p50.figures('latency, median', 'ms'), ...p99.figures('latency, p99', 'ms')],
      claims: [{ ...p99.claim('delivery latency, p99', { atMost: 0.9 }), highAtMost: 1.1 }],
      notes: [`${ROUNDS_FACTOR * lab.rounds} rounds of ${seconds} s.`],
      generatorBusy,
    }
  },
})
