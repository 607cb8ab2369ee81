import { busyDuring, openCrowd, Samples, startSubjects } from '../lib/crowd.ts'
import type { Generator, Lab, RunningSubject } from '../lib/lab.ts'
import { interleaved } from '../lib/rounds.ts'
import type { Cpu } from '../subjects/subject.ts'
import { defineBench, type Measured } from './define.ts'

export const fanOut = defineBench({
  name: 'fan-out',
  title: 'One message to all, each in a write of its own',
  async measure(lab) {
    const small = await measureFanOut(lab, { receivers: lab.quick ? 20 : 1_000, burst: 1, atLeast: 1.15 })
    const large = await measureFanOut(lab, { receivers: lab.quick ? 40 : 5_000, burst: 1, atLeast: 1.15 })
    return {
      figures: [...small.figures, ...large.figures],
      claims: [...small.claims, ...large.claims],
      notes: small.notes,
      generatorBusy: Math.max(small.generatorBusy, large.generatorBusy),
    }
  },
})

export const bursts = defineBench({
  name: 'bursts',
  title: '16 messages to all within one tick',
  measure: lab => measureFanOut(lab, { receivers: lab.quick ? 20 : 1_000, burst: 16, atLeast: 10 }),
})

/** Deliveries in one round: about a second of bare ws. */
const DELIVERIES = 160_000
/** A server that writes bursts in one piece needs more of them for its time to be measured. */
const BURST_FACTOR = 4
/** What our server writes to before it yields to the loop (server/stream/fanout.ts). */
const ROUND = 512
/**
 * Messages to each receiver before a piece that is measured. Sixteen messages after a pause are acknowledged one by one
 * (Linux, TCP_MAX_QUICKACKS), at the sender's cost: without this, whoever was measured second in a row would gain.
 */
const SETTLING = 20
/** Bursts that may be on their way: they fit into the buffers of the sockets, so that no server queues. */
const WINDOW = 16

interface Shape {
  receivers: number
  burst: number
  atLeast: number
}

/** Deliveries for each CPU second of the server, beside those of bare ws in the same round. */
export async function measureFanOut(lab: Lab, { receivers, burst, atLeast }: Shape): Promise<Measured> {
  const generator = await lab.startGenerator()
  const subjects = await startSubjects(lab, { topics: 1 })
  for (const subject of subjects) await openCrowd(generator, subject, receivers)
  const samples = new Samples()
  let generatorBusy = 0
  // The first round warms up.
  for (const [index, order] of [...interleaved(subjects, lab.rounds + 1)].entries()) {
    for (const subject of order) {
      const { value, busy } = await busyDuring(generator, () =>
        deliveriesPerCpuSecond(lab, generator, subject, { receivers, burst }),
      )
      if (index === 0) continue
      samples.add(subject.name, value)
      generatorBusy = Math.max(generatorBusy, busy)
    }
  }
  for (const { process } of subjects) await process[Symbol.asyncDispose]()
  await generator[Symbol.asyncDispose]()
  const what = `deliveries per CPU second, ${burst === 1 ? '' : `bursts of ${burst}, `}${receivers.toLocaleString('en')} receivers`
  return {
    figures: samples.figures(what, '/s'),
    claims: [samples.claim(what, { atLeast })],
    notes: [],
    generatorBusy,
  }
}

/** Deliveries for each CPU second in one round, scaled by how slow the core was before it. */
export async function deliveriesPerCpuSecond(
  lab: Lab,
  generator: Generator,
  subject: RunningSubject,
  shape: Pick<Shape, 'receivers' | 'burst'>,
): Promise<number> {
  const deliveries = lab.quick ? 400 : DELIVERIES * (shape.burst === 1 ? 1 : BURST_FACTOR)
  await deliver(generator, subject, { ...shape, deliveries: shape.receivers * shape.burst * SETTLING })
  const { delivered, cpuSeconds, slowness } = await deliver(generator, subject, { ...shape, deliveries })
  return (delivered / cpuSeconds) * slowness
}

/** Publishes until the receivers have it all, no faster than they read. */
export async function deliver(
  generator: Generator,
  { name, process }: RunningSubject,
  { receivers, burst, deliveries }: Pick<Shape, 'receivers' | 'burst'> & { deliveries: number },
): Promise<Cpu & { delivered: number }> {
  const messages = Math.ceil(deliveries / receivers / burst) * burst
  const every = (receivers * burst * WINDOW) / 4
  await generator.call('credit', { pool: name, every, total: receivers * messages })
  generator.onEvent(event => {
    const { pool, received } = event as { pool: string; received: number }
    if (pool === name) void process.call('received', Math.floor(received / receivers))
  })
  const cpu = await process.call('fanOut', {
    messages,
    burst,
    turns: Math.ceil(receivers / ROUND) + 1,
    window: WINDOW * burst,
  })
  return { ...cpu, delivered: messages * receivers }
}
