import { expect, test } from 'vitest'
import type { PrometheusClient } from '#run'
import { inFolder } from '../../../test/support/promtool.ts'
import { readRecording, recordingNames, recordingPath } from '../recordings/recording-file.ts'
import { saveProven } from './record.ts'
import { firedCell, sampleCell, sampleRun } from './sample.ts'

/** A Prometheus that scraped every job all the time. */
const prometheus: PrometheusClient = {
  async query(expression, end) {
    const [, job = ''] = /job="([^"]+)"/.exec(expression) ?? []
    const points = Array.from({ length: 60 }, (_, second) => [end - (60 - second) * 1_000, 1] as const)
    return [{ labels: { __name__: 'up', job, instance: 'a' }, points }]
  },
  range: async () => [],
}

test('a drill is saved with the times in which its alerts have to fire and resolve; one that proved nothing is not', async () => {
  const ticket = { alert: 'WsDrainStuck', severity: 'warning' } as const
  const cells = [firedCell(), firedCell(ticket), sampleCell({ alert: 'WsEventLoopLag', severity: 'warning' })]
  const drills = [
    sampleRun(cells),
    sampleRun(cells, { drill: 'incident', job: 'incident', problems: ['scrapes lagged by 2.1 s'] }),
  ]
  await inFolder(async folder => {
    await saveProven(prometheus, drills, folder)
    expect(await recordingNames(folder)).toEqual(['flapping-client'])
    const { expectations } = await readRecording(await recordingPath(folder, 'flapping-client'))
    expect(expectations).toMatchObject([
      // A page about its prediction: a quarter and 3 s more or less.
      { alert: 'WsFlapping', detect: { from: 0, to: 7 }, resolve: { from: 9, to: 23 } },
      // A ticket within what it is allowed.
      { ...ticket, detect: { from: 0, to: 30 }, resolve: { from: 0, to: 30 } },
      { alert: 'WsEventLoopLag', expected: 'silent', detect: null, resolve: null },
    ])
  })
})
