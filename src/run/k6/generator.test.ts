import { expect, test } from 'vitest'
import { manualClock } from '../../../test/support/manual-clock.ts'
import { saturation, watchGenerator } from './generator.ts'

test('a process is looked at every two seconds; one that is gone leaves what was seen before', () => {
  const clock = manualClock()
  const own = watchGenerator([process.pid], 1_000, clock)
  clock.advance(1_000)
  // Burns until the kernel has counted something: its clock ticks every 10 ms.
  const before = process.cpuUsage()
  while (process.cpuUsage(before).user < 50_000) Math.sqrt(Math.random())
  clock.advance(2_000)
  const seen = own.stop()
  expect(seen.peakCores).toBeGreaterThan(0)
  expect(seen.peakMemory).toBeGreaterThan(1e6)
  const gone = watchGenerator([process.pid, 2 ** 30], 0, clock)
  clock.advance(5_000)
  expect(gone.stop()).toEqual({ peakCores: null, peakDescriptors: null, peakMemory: null })
})

test('a generator that took nearly every core proves nothing', () => {
  const figures = { peakDescriptors: 1, peakMemory: 1 }
  expect(saturation({ ...figures, peakCores: 1.7 }, 2)).toEqual([])
  expect(saturation({ ...figures, peakCores: 1.9 }, 2)).toHaveLength(1)
  expect(saturation({ ...figures, peakCores: null }, 2)).toEqual([])
})
