import { busyDuring, Samples } from '../lib/crowd.ts'
import { interleaved } from '../lib/rounds.ts'
import { taskStore } from '../lib/task-store.ts'
import type { PetrelOptions } from '../subjects/petrel.ts'
import { defineBench } from './define.ts'

/** Clients of one task; a storm is many tasks. */
const PER_TASK = 100

/** The server is killed and started again; all its clients dial at the moment that it accepts again. */
export const returnStorm = defineBench({
  name: 'return-storm',
  title: '5,000 clients return at once after SIGKILL and restart',
  async measure(lab) {
    const count = lab.quick ? 50 : 5_000
    // Tasks must outlive the server.
    const store = await taskStore(lab, Math.ceil(count / PER_TASK))
    // Two queues, and a burst that lets them all in.
    const settings = {
      ...store.options.settings,
      acceptQueues: 2,
      upgradeRate: 1_000,
      upgradeBurst: 2 * count,
    }
    const storm = { taskIds: store.taskIds, settings }
    const generator = await lab.startGenerator()
    const p99 = new Samples()
    const lost = new Samples()
    let generatorBusy = 0
    for (const order of interleaved(['petrel', 'ws'] as const, lab.rounds)) {
      for (const name of order) {
        const first = await lab.startSubject(name, { topics: store.taskIds.length, ...storm })
        const { port, paths } = first.listening
        const clients = { pool: name, port, paths, count, concurrency: 200, dialect: first.dialect }
        await generator.call('open', clients)
        await first.process.kill()
        await generator.call('end', { pool: name, how: 'cut' })
        const again: PetrelOptions = { topics: paths.length, port, ...storm }
        // The generator waits for it: whoever dials an address that nobody listens on is refused at once.
        const { value, busy } = await busyDuring(generator, async () => {
          const [returned, second] = await Promise.all([
            generator.call('storm', { ...clients, concurrency: count }),
            lab.startSubject(name, again),
          ])
          await second.process[Symbol.asyncDispose]()
          return returned
        })
        await generator.call('end', { pool: name, how: 'cut' })
        p99.add(name, value.readyMs.p99)
        lost.add(name, value.failed)
        generatorBusy = Math.max(generatorBusy, busy)
      }
    }
    return {
      figures: [
        ...p99.figures('first accept to first message, p99', 'ms'),
        ...lost.figures('lost', 'clients'),
      ],
      claims: [
        {
          what: 'first accept to first message, p99',
          unit: 'ms',
          value: p99.of('petrel'),
          limit: { atMost: 700 },
        },
        { what: 'lost', unit: 'clients', value: lost.of('petrel'), limit: { atMost: 0 } },
      ],
      notes: ['Tasks are in Redis, which shares the core of the generator; bare ws has none.'],
      generatorBusy,
    }
  },
})
