import { busyDuring, openCrowd, Samples } from '../lib/crowd.ts'
import { interleaved } from '../lib/rounds.ts'
import { defineBench } from './define.ts'
import { deliveriesPerCpuSecond } from './fan-out.ts'

/** The same server, the same connections, metrics on and off by turns. */
export const telemetryCost = defineBench({
  name: 'telemetry',
  title: 'Telemetry on against off, alternating in one process',
  async measure(lab) {
    const receivers = lab.quick ? 20 : 1_000
    const generator = await lab.startGenerator()
    const subject = await lab.startSubject('petrel', { topics: 1 })
    await openCrowd(generator, subject, receivers)
    const samples = new Samples()
    let generatorBusy = 0
    for (const [index, order] of [...interleaved(['on', 'off'], 2 * lab.rounds + 1)].entries()) {
      for (const state of order) {
        await subject.process.call('telemetry', state === 'on')
        const { value, busy } = await busyDuring(generator, () =>
          deliveriesPerCpuSecond(lab, generator, subject, { receivers, burst: 1 }),
        )
        if (index === 0) continue
        samples.add(state, 1e6 / value)
        generatorBusy = Math.max(generatorBusy, busy)
      }
    }
    const ratio = samples.ratio('on', 'off')
    const percent = (value: number) => (value - 1) * 100
    return {
      figures: samples.figures('CPU of one delivered message', 'µs'),
      claims: [
        {
          what: 'CPU of a delivered message, telemetry on against off',
          unit: '% more',
          value: {
            ...ratio,
            median: percent(ratio.median),
            low: percent(ratio.low),
            high: percent(ratio.high),
          },
          limit: { atMost: 3 },
        },
      ],
      notes: [
        'Per-type send counts stay integers in both: they cost 4 ns and cannot be taken out of the process.',
      ],
      generatorBusy,
    }
  },
})
