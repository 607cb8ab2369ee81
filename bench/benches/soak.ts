import { STORE_LIMITS } from '../../server/store/store.ts'
import { openCrowd } from '../lib/crowd.ts'
import { estimate } from '../lib/statistics.ts'
import { defineBench } from './define.ts'

const OPEN = 1_000
const CHURN_PER_SECOND = 100
const MESSAGES_PER_SECOND = 10
/** What is measured against comes after this, as a share of the whole: 5 of 30 minutes. */
const SETTLED = 1 / 6
/** Events that the store keeps of each task: at this pace they would go on filling up for a quarter of an hour. */
const HISTORY = STORE_LIMITS.history
const TOPICS = 10
const LIVE = 'heap and buffers after a collection'

/**
 * Clients come and go for half an hour; memory that only grows is a leak. What grows to a bound is full before it
 * counts: histories before the first client comes, the tables of 20,000 clients within the time to settle.
 */
export const soak = defineBench({
  name: 'soak',
  title: 'Steady churn: memory after the first sixth of the time',
  async measure(lab) {
    const scale = lab.quick ? 0.02 : 1
    const generator = await lab.startGenerator()
    const subject = await lab.startSubject('petrel', { topics: TOPICS })
    const { process, listening, dialect } = subject
    const fill = { perSecond: 2_000, seconds: (HISTORY * TOPICS * scale) / 2_000, topics: TOPICS }
    await process.call('pace', fill)
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
    const pacing = process.call('pace', { perSecond: MESSAGES_PER_SECOND, seconds, topics: TOPICS })
    const mib: { at: number; rss: number; live: number }[] = []
    const began = performance.now()
    for (let at = sampleEvery; at < seconds; at += sampleEvery) {
      await new Promise(resolve => setTimeout(resolve, Math.max(0, began + at * 1_000 - performance.now())))
      lab.signal.throwIfAborted()
      const { rss, heap, external } = await process.call('memory')
      mib.push({ at, rss: rss / 2 ** 20, live: (heap + external) / 2 ** 20 })
    }
    const [{ opened, failed }] = await Promise.all([churning, pacing])
    const failures = Object.values(failed).reduce((sum, clients) => sum + clients, 0)
    const settled = mib.filter(({ at }) => at >= seconds * SETTLED)
    const third = Math.ceil(settled.length / 3)
    const level = (part: typeof settled, key: 'rss' | 'live') =>
      estimate(part.map(sample => sample[key])).median
    const grown = (key: 'rss' | 'live') =>
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
          what: LIVE,
          subject: 'petrel',
          unit: 'MiB',
          value: estimate(settled.map(({ live }) => live)),
        },
        { what: 'clients that came and went', subject: 'petrel', unit: '', value: single(opened) },
        { what: 'clients that did not get in', subject: 'petrel', unit: '', value: single(failures) },
      ],
      claims: [
        {
          what: 'resident memory, last third of the settled time against its first',
          unit: '%',
          value: single(Math.abs(grown('rss'))),
          limit: { atMost: 5 },
        },
        {
          what: `${LIVE}, the same`,
          unit: '%',
          value: single(Math.abs(grown('live'))),
          limit: { atMost: 5 },
        },
      ],
      notes: [
        `${seconds / 60} min; ${OPEN} clients stay, ${CHURN_PER_SECOND} a second come and go, ${MESSAGES_PER_SECOND} messages a second; the histories of the ${TOPICS} tasks are full from the start.`,
        ...Object.entries(failed).map(([why, clients]) => `${clients} did not get in: ${why}.`),
      ],
      generatorBusy: 0,
    }
  },
})
