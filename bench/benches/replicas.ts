import { busyDuring, Samples } from '../lib/crowd.ts'
import { interleaved } from '../lib/rounds.ts'
import { taskStore } from '../lib/task-store.ts'
import { defineBench } from './define.ts'

/** Tasks, each with a tenth of the clients. */
const TASKS = 10

/** Published on one replica, delivered on the other, against one server with the memory store. */
export const replicas = defineBench({
  name: 'replicas',
  title: 'Two replicas over Redis against the memory store',
  async measure(lab) {
    const receivers = lab.quick ? 20 : 1_000
    const seconds = lab.quick ? 0.5 : 3
    const shared = await taskStore(lab, TASKS)
    const generator = await lab.startGenerator()
    const redis = { topics: TASKS, ...shared.options }
    const publisher = await lab.startSubject('petrel', redis)
    const deliverer = await lab.startSubject('petrel', redis)
    const memory = await lab.startSubject('petrel', { topics: TASKS })
    const sides = [
      { name: 'redis', publisher, deliverer },
      { name: 'memory', publisher: memory, deliverer: memory },
    ]
    for (const { name, deliverer: at } of sides) {
      await generator.call('open', {
        pool: name,
        ...at.listening,
        count: receivers,
        concurrency: 100,
        dialect: at.dialect,
      })
    }
    const perCpuSecond = new Samples()
    const p99 = new Samples()
    let generatorBusy = 0
    /** Messages a second, each to a tenth of the receivers: a fifth of what the memory store does on one core. */
    const perSecond = lab.quick ? 40 : 300
    for (const [index, order] of [...interleaved(sides, lab.rounds + 1)].entries()) {
      for (const { name, publisher: from, deliverer: to } of order) {
        const processes = [...new Set([from.process, to.process])]
        const cpuOfAll = async () =>
          (await Promise.all(processes.map(one => one.call('cpu')))).reduce((a, b) => a + b)
        const slowness = await to.process.call('slowness')
        await generator.call('collect', { pool: name })
        const before = await cpuOfAll()
        const { busy } = await busyDuring(generator, () =>
          from.process.call('pace', { perSecond, seconds, topics: TASKS }),
        )
        const messages = (perSecond * seconds * receivers) / TASKS
        const found = await generator.call('arrived', { pool: name, messages })
        const used = (await cpuOfAll()) - before
        if (index === 0) continue
        perCpuSecond.add(name, (found.received / used) * slowness)
        p99.add(name, found.p99)
        generatorBusy = Math.max(generatorBusy, busy)
      }
    }
    return {
      figures: [
        ...perCpuSecond.figures('deliveries per CPU second of all servers', '/s'),
        ...p99.figures('latency, p99', 'ms'),
      ],
      claims: [
        {
          what: 'deliveries per CPU second, both replicas together',
          unit: '× memory store',
          value: perCpuSecond.ratio('redis', 'memory'),
          limit: { atLeast: 0.7 },
        },
        {
          what: 'p99 added at a fifth of saturation',
          unit: 'ms',
          value: p99.difference('redis', 'memory'),
          limit: { atMost: 10 },
        },
      ],
      notes: [`${TASKS} tasks with ${receivers / TASKS} receivers each; both replicas on the server's core.`],
      generatorBusy,
    }
  },
})
