import type { PrometheusClient } from '#run'
import { PAGE_LIMIT_SECONDS, tolerance } from '../judge.ts'
import { recordRun } from '../recordings/record-run.ts'
import type { RecordedExpectation, Recording, Window } from '../recordings/recording.ts'
import { saveRecording } from '../recordings/recording-file.ts'
import { spanOf } from './judge-cell.ts'
import type { PlayedDrill } from './measure.ts'
import type { ProofCell } from './result.ts'

/** Saves the drills that proved something, for `--recorded`: of the others the samples may be what was lost. */
export async function saveProven(
  prometheus: PrometheusClient,
  played: readonly PlayedDrill[],
  folder: string,
): Promise<void> {
  for (const drill of played) {
    if (drill.problems.length === 0) await saveRecording(folder, await recordDrill(prometheus, drill))
  }
}

/** Reads a drill that was played out of its Prometheus, with what its alerts have to do. */
function recordDrill(prometheus: PrometheusClient, played: PlayedDrill): Promise<Recording> {
  const { drill, scenario, job, warmupFrom, fault, recoveryTo, cells } = played
  return recordRun(prometheus, {
    name: drill,
    job,
    scenario,
    phases: {
      warmup: { from: warmupFrom, to: fault.from },
      fault,
      recovery: { from: fault.to, to: Math.max(fault.to, recoveryTo) },
    },
    fault,
    expectations: cells.map(cell => recordedOf(cell, fault)),
  })
}

/** When an alert has to fire and resolve: a page about its prediction, a ticket within what it is allowed. */
function recordedOf(cell: ProofCell, fault: PlayedDrill['fault']): RecordedExpectation {
  const { alert, severity, expected, momentary, detect, resolve } = cell
  if (expected !== 'fire') return { alert, severity, expected, detect: null, resolve: null }
  const window = ({ predicted, allowed }: ProofCell['detect'], shift: number): Window => {
    if (severity === 'warning' || predicted === null) return { from: Math.min(0, shift), to: allowed + shift }
    return {
      from: Math.max(0, predicted - tolerance(predicted)) + shift,
      to: Math.min(PAGE_LIMIT_SECONDS, predicted + tolerance(predicted)) + shift,
    }
  }
  // A recording has one end of the fault; of what was over at once the all-clear is counted from there too.
  const shift = (spanOf({ momentary }, fault).to - fault.to) / 1_000
  return { alert, severity, expected, detect: window(detect, 0), resolve: window(resolve, shift) }
}
