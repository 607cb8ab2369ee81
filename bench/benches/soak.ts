import { openCrowd } from '../lib/crowd.ts'
import { estimate } from '../lib/statistics.ts'
import { defineBench } from './define.ts'

const OPEN = 1_000
const CHURN_PER_SECOND = 100
const MESSAGES_PER_SECOND = 10
/** What is measured against comes after this, as a share of the whole: 5 of 30 minutes. */
const SETTLED = 1 / 6

/** Clients come and go for half an hour; memory that only grows is a leak. */
export const soak = defineBench({
  name: 'soak',
  title: 'Steady churn: memory after the first sixth of the time',
  async measure(lab) {
    const scale = lab.quick ? 0.02 : 1
    const generator = await lab.startGenerator()
    const subject = await lab.startSubject('petrel', { topics: 10 })
    const { process, listening, dialect } = subject
    await openCrowd(generator, subject, OPEN * scale)
    const seconds = lab.quick ? 1 : lab.soakMinutes * 60
    const sampleEvery = lab.quick ? 0.2 : 15
    const churning = generator.call('churn', {
      pool: 'churn',
      ...listening,
      dialect,
      perSecond: CHURN_PER_SECOND * (lab.quick ? 0.2 : 1),
      seconds,
    })
    const pacing = process.call('pace', { perSecond: MESSAGES_PER_SECOND, seconds, topics: 10 })
    const mib: { at: number; rss: number; heap: number }[] = []
    const began = performance.now()
    for (let at = sampleEvery; at < seconds; at += sampleEvery) {
      await new Promise(resolve => setTimeout(resolve, began + at * 1_000 - performance.now()))
      lab.signal.throwIfAborted()
      const { rss, heap } = await process.call('memory')
      mib.push({ at, rss: rss / 2 ** 20, heap: heap / 2 ** 20 })
    }
    const [{ opened, failed }] = await Promise.all([churning, pacing])
    const settled = mib.filter(({ at }) => at >= seconds * SETTLED)
    const third = Math.ceil(settled.length / 3)
    const level = (part: typeof settled, key: 'rss' | 'heap') =>
      estimate(part.map(sample => sample[key])).median
    const grown = (key: 'rss' | 'heap') =>
      (level(settled.slice(-third), key) / level(settled.slice(0, third), key) - 1) * 100
    const single = (value: number) => estimate([value])
    return {
      figures: [
        {
          what: 'resident memory',
          subject: 'petrel',
          unit: 'MiB',
          value: estimate(settled.map(({ rss }) => rss)),
        },
        {
          what: 'heap after a collection',
          subject: 'petrel',
          unit: 'MiB',
          value: estimate(settled.map(({ heap }) => heap)),
        },
        {
          what: 'heap, last third against first',
          subject: 'petrel',
          unit: '%',
          value: single(grown('heap')),
        },
        { what: 'clients that came and went', subject: 'petrel', unit: '', value: single(opened) },
        { what: 'clients that did not get in', subject: 'petrel', unit: '', value: single(failed) },
      ],
      claims: [
        {
          what: 'resident memory, last third of the settled time against its first',
          unit: '%',
          value: single(Math.abs(grown('rss'))),
          limit: { atMost: 5 },
        },
      ],
      notes: [
        `${seconds / 60} min; ${OPEN} clients stay, ${CHURN_PER_SECOND} a second come and go, ${MESSAGES_PER_SECOND} messages a second.`,
      ],
      generatorBusy: 0,
    }
  },
})
