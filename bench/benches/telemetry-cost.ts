import { busyDuring, openCrowd, Samples } from '../lib/crowd.ts'
import { defineBench } from './define.ts'
import { deliver } from './fan-out.ts'

/**
 * A few percent are less than what a shared core gives and takes from one second to the next. So pieces are short, many,
 * and in an order that a steady drift cancels out of; neighbours need no scaling, which has noise of its own.
 */
const PIECES = ['on', 'off', 'off', 'on'] as const
const DELIVERIES_OF_PIECE = 40_000
/** Rounds of four pieces, for each that was asked for. */
const ROUNDS_FACTOR = 6

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
    const deliveries = lab.quick ? 400 : DELIVERIES_OF_PIECE
    // The first round warms up.
    for (let round = 0; round <= ROUNDS_FACTOR * lab.rounds; round++) {
      const micros = { on: 0, off: 0 }
      for (const state of PIECES) {
        await subject.process.call('telemetry', state === 'on')
        const { value, busy } = await busyDuring(generator, () =>
          deliver(generator, subject, { receivers, burst: 1, deliveries }),
        )
        micros[state] += (1e6 * value.cpuSeconds) / value.delivered / 2
        if (round > 0) generatorBusy = Math.max(generatorBusy, busy)
      }
      if (round === 0) continue
      samples.add('on', micros.on)
      samples.add('off', micros.off)
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
        `${ROUNDS_FACTOR * lab.rounds} rounds of on, off, off, on, ${DELIVERIES_OF_PIECE.toLocaleString('en')} deliveries each; not scaled by the loop of fixed work.`,
        'Per-type send counts stay integers in both: they cost 4 ns and cannot be taken out of the process.',
      ],
      generatorBusy,
    }
  },
})
