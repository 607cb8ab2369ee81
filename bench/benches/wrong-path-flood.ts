import { busyDuring, openCrowd, Samples } from '../lib/crowd.ts'
import { defineBench } from './define.ts'

const PER_SECOND = 20
const REFUSALS_PER_SECOND = 5_000

/** Clients of a wrong path dial in a loop beside others that are served. */
export const wrongPathFlood = defineBench({
  name: 'wrong-path-flood',
  title: `${REFUSALS_PER_SECOND.toLocaleString('en')} refusals a second beside 1,000 healthy clients`,
  async measure(lab) {
    const healthy = lab.quick ? 20 : 1_000
    const perSecond = lab.quick ? 50 : REFUSALS_PER_SECOND
    const seconds = lab.quick ? 0.5 : 5
    const generator = await lab.startGenerator()
    // Floods come from their own process: a generator that is busy dialling would read late.
    const flooder = await lab.startGenerator()
    const subject = await lab.startSubject('petrel', { topics: 1 })
    const { process, listening } = subject
    await openCrowd(generator, subject, healthy)
    const p99 = new Samples()
    const refusals = new Samples()
    const cpu = new Samples()
    let generatorBusy = 0
    for (let round = 0; round <= lab.rounds; round++) {
      await generator.call('collect', { pool: 'petrel' })
      const before = await process.call('cpu')
      const { value, busy } = await busyDuring(flooder, async () => {
        const [flooded] = await Promise.all([
          flooder.call('flood', { port: listening.port, path: '/ws/task-1', perSecond, seconds }),
          process.call('pace', { perSecond: PER_SECOND, seconds, topics: 1 }),
        ])
        return flooded
      })
      const used = (await process.call('cpu')) - before
      const messages = PER_SECOND * seconds * healthy
      const found = await generator.call('arrived', { pool: 'petrel', messages })
      if (round === 0) continue
      p99.add('petrel', found.p99)
      refusals.add('petrel', value.perSecond)
      cpu.add('petrel', (used / seconds) * 100)
      generatorBusy = Math.max(generatorBusy, busy)
    }
    return {
      figures: [
        ...refusals.figures('refusals that were answered', '/s'),
        ...p99.figures('latency of the healthy, p99', 'ms'),
        ...cpu.figures('CPU of the server', '%'),
      ],
      claims: [
        {
          what: 'latency of the healthy, p99',
          unit: 'ms',
          value: p99.of('petrel'),
          limit: { atMost: 100 },
        },
        {
          what: 'refusals that were answered',
          unit: '/s',
          value: refusals.of('petrel'),
          limit: { atLeast: perSecond * 0.95 },
        },
      ],
      notes: [],
      generatorBusy,
    }
  },
})
