import { PHASES } from '#catalog'
import { escapeLine } from '#core'
import type { LoadResult } from '#run'
import type { Io } from './io.ts'
import { verdictText } from './progress.ts'
import { tableLines } from './table.ts'

/** What people read of a load: a line per phase, the way back, then what did not hold. */
export function loadReport(result: LoadResult, io: Io): string[] {
  const head = ['phase', 'attempts', 'accepted', 'refused', 'usable', 'reconnects', 'first message p95']
  const rows = PHASES.filter(phase => result.phases[phase].to > result.phases[phase].from).map(phase => {
    const { attempts, accepted, refused, usable, reconnects, firstMessageMs } = result.phases[phase]
    const statuses = Object.entries(refused).map(([status, count]) => `${count} × ${status}`)
    return [
      phase,
      String(attempts),
      String(accepted),
      statuses.join(', ') || '0',
      String(usable),
      String(reconnects),
      firstMessageMs ? `${Math.round(firstMessageMs.p95)} ms` : '-',
    ]
  })
  // A k6 that left nothing counted nothing: zeros would be taken for figures.
  const isCounted = PHASES.some(phase => result.phases[phase].attempts > 0)
  const counted = [
    ...tableLines([head, ...rows]),
    ...recoveryLines(result),
    ...streamLines(result),
    ...badReaderLines(result),
    '',
  ]
  return [
    ...(isCounted ? counted : []),
    `${result.scenario}: ${verdictText(io, result.verdict)}`,
    ...[...result.violations, ...result.problems].flatMap(told),
  ]
}

/** Lines of k6's log, and of runners elsewhere, may hold what a server sent. */
const told = (sentence: string) =>
  sentence.split('\n').map((line, index) => escapeLine(`  ${index === 0 ? '' : '| '}${line}`))

function recoveryLines({ recovery, attemptsByRefusal }: LoadResult): string[] {
  const within = (time: number | null) => (time === null ? 'not in this run' : `${Math.round(time)} ms`)
  const lines: string[] = []
  if (recovery.losses > 0) {
    const { losses, p50Ms, p95Ms, p99Ms, neverCameBack, stillWaiting, reloads } = recovery
    lines.push(
      `${losses} streams lost; back: half ${within(p50Ms)}, 95 % ${within(p95Ms)}, 99 % ${within(p99Ms)}`,
      `never came back ${neverCameBack}, still waiting ${stillWaiting}, by a reload ${reloads}; attempts for one recovery ${recovery.attemptsPerRecovery?.p50 ?? '-'} (at most ${recovery.attemptsPerRecovery?.max ?? '-'})`,
    )
  }
  if (recovery.peakReconnectsPerSecond > 0) {
    lines.push(
      `peak ${recovery.peakReconnectsPerSecond} reconnects in a second, ${recovery.overshoot.toFixed(2)} per client`,
    )
  }
  const answers = Object.entries(attemptsByRefusal)
  if (answers.length > 0) {
    lines.push(
      `attempts by answer: ${answers.map(([answer, attempts]) => `${answer} ${attempts}`).join(', ')}`,
    )
  }
  return lines.length > 0 ? ['', ...lines] : []
}

function streamLines({ streamErrors, stalenessMs }: LoadResult): string[] {
  const found = Object.entries(streamErrors).filter(([, count]) => count > 0)
  const text = found.length === 0 ? 'no fault' : found.map(([cause, count]) => `${cause} ${count}`).join(', ')
  const stale = stalenessMs ? `; longest silence p95 ${Math.round(stalenessMs.p95)} ms` : ''
  return ['', `streams: ${text}${stale}`]
}

function badReaderLines({ badReaders }: LoadResult): string[] {
  if (!badReaders) return []
  const closes = Object.entries(badReaders.closes).map(([code, count]) => `${count} closed with ${code}`)
  return [
    `bad readers: ${badReaders.readers}, ${[`${badReaders.stillOpen} left open`, ...closes].join(', ')}`,
  ]
}
