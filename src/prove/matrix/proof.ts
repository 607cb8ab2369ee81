import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Drill } from '#catalog'
import { panelQueries, ruleFile } from '#dashboards'
import { environmentOf } from '../environment.ts'
import { deadPanels, mergePanelProofs, panelFindings } from '../panels/panel-findings.ts'
import { type PanelProof, probePanels } from '../panels/probe-panels.ts'
import { STILL_PANELS } from '../panels/still.ts'
import { probeRunbooks, type RunbookProof } from '../runbooks/probe-runbooks.ts'
import { runbookFindings } from '../runbooks/runbook-findings.ts'
import type { RunbookQuery } from '../runbooks/runbook-queries.ts'
import { verdictOf } from '../verdict.ts'
import { batchesOf, MOST_AT_ONCE } from './batches.ts'
import type { PlayedDrill } from './measure.ts'
import { isWatchDeath, type PlayOptions, playBatch } from './play.ts'
import { saveProven } from './record.ts'
import type { ProofResult, ProofRun } from './result.ts'
import { alertProofs, scoresOf } from './score.ts'

export interface ProofOptions extends Omit<PlayOptions, 'ruleFile' | 'writesLoad' | 'onMeasured'> {
  drills: readonly Drill[]
  suite: ProofResult['suite']
  /** How often the whole is played. */
  repeat: number
  /** Takes the place of the drill rules of the catalogue. */
  ruleFile?: string
  /** Asks every query of every board in each drill. */
  asksPanels: boolean
  /** Queries of runbooks, each asked in the drills that must fire its alert. */
  runbooks: readonly RunbookQuery[]
  /** Folder that each drill that proved something is saved to, to be evaluated again without load. */
  recordings?: string
}

/** What it shows is the result of a proof, which is there only afterwards. */
const OWN_BOARD = 'proof'
/** A drill that lagged is played again so often, with fewer beside it each time; then it is not proven. */
const MOST_PLAYS = 3

/**
 * Plays drills in batches, each under a Prometheus that knows nothing of the others, and judges every alert in each.
 * @throws PetrelError when something that it needs does not start.
 */
export async function runProof(options: ProofOptions): Promise<ProofResult> {
  const { clock, tools, repeat, suite } = options
  const startedAt = new Date(clock.wall()).toISOString()
  const drillRules = join(options.folder, 'petrel.drill.yml')
  await writeFile(drillRules, ruleFile('drill'))
  const rules = options.ruleFile ?? drillRules
  const runs: ProofRun[] = []
  const panels: PanelProof[][] = []
  const runbooks: RunbookProof[] = []
  const queries = panelQueries().filter(({ board }) => board !== OWN_BOARD)
  const onMeasured: PlayOptions['onMeasured'] = async (prometheus, played) => {
    if (options.asksPanels) {
      options.report(`asking ${queries.length} queries of the boards`)
      const asked = played.map(({ job, warmupFrom, recoveryTo }) => ({
        job,
        span: { from: warmupFrom, to: recoveryTo },
      }))
      panels.push(await probePanels(prometheus, asked, queries))
    }
    runbooks.push(...(await probeRunbooks(prometheus, played, options.runbooks)))
    if (options.recordings !== undefined) await saveProven(prometheus, played, options.recordings)
  }
  for (let run = 1; run <= repeat; run++) {
    if (repeat > 1) options.report(`run ${run} of ${repeat}`)
    runs.push(
      ...(await playAll(run, { ...options, ruleFile: rules, writesLoad: options.asksPanels, onMeasured })),
    )
  }
  const proofs = mergePanelProofs(panels)
  const isStill = ({ board, panel }: { board: string; panel: string }) =>
    STILL_PANELS.some(one => one.board === board && one.panel === panel)
  const asked = options.asksPanels
    ? {
        queries: proofs.length,
        dead: panelFindings(proofs.filter(proof => !isStill(proof) || proof.dataIn.length === 0)),
        still: deadPanels(proofs)
          .filter(isStill)
          .map(({ board, panel }) => `${panel} (${board})`),
      }
    : null
  return assemble(runs, {
    panels: asked,
    runbooks: runbookFindings(runbooks),
    startedAt,
    finishedAt: new Date(clock.wall()).toISOString(),
    suite,
    environment: environmentOf(tools),
  })
}

async function playAll(run: number, options: ProofOptions & PlayOptions): Promise<ProofRun[]> {
  const { drills, report, signal } = options
  const done = new Map<string, ProofRun>()
  let waiting = drills
  for (let play = 1; play <= MOST_PLAYS && waiting.length > 0; play++) {
    const size = Math.max(1, Math.floor(MOST_AT_ONCE / 2 ** (play - 1)))
    const batches = batchesOf(waiting, size)
    if (play > 1) report(`playing again what proved nothing: ${waiting.map(({ name }) => name).join(', ')}`)
    for (const [index, batch] of batches.entries()) {
      signal.throwIfAborted()
      report(`batch ${index + 1} of ${batches.length}`)
      const folder = join(options.folder, `run-${run}-${play}-${index + 1}`)
      await mkdir(folder, { recursive: true })
      for (const played of await playOrSay(batch, { ...options, folder })) {
        done.set(played.drill, { ...played, run, plays: play })
        for (const problem of played.problems) report(`  ${played.drill}: not proven: ${problem}`)
      }
    }
    waiting = drills.filter(({ name }) => (done.get(name)?.problems.length ?? 1) > 0)
  }
  return drills.flatMap(({ name }) => done.get(name) ?? [])
}

/** A batch whose Prometheus died proved nothing: that is a result, not the end of the proof. */
async function playOrSay(batch: readonly Drill[], options: PlayOptions): Promise<PlayedDrill[]> {
  try {
    return await playBatch(batch, options)
  } catch (error) {
    if (!isWatchDeath(error) || options.signal.aborted) throw error
    return batch.map(({ name, scenario, when = '' }) => ({
      drill: name,
      scenario,
      when,
      job: name,
      warmupFrom: 0,
      fault: { from: 0, to: 0 },
      recoveryTo: 0,
      problems: [error.message],
      violations: [],
      cells: [],
    }))
  }
}

/** Joins what was played into the versioned result. Pure. Only what was clean may fail. */
export function assemble(
  runs: readonly ProofRun[],
  about: Pick<ProofResult, 'startedAt' | 'finishedAt' | 'environment' | 'suite' | 'panels' | 'runbooks'>,
): ProofResult {
  const clean = runs.filter(({ problems }) => problems.length === 0)
  const failures = clean.flatMap(({ drill, violations, cells }) => [
    ...violations.map(violation => `${drill}: ${violation}`),
    ...cells.flatMap(({ alert, severity, verdict, note }) =>
      verdict === 'did_not_hold' ? [`${drill}: ${alert} (${severity}): ${note}`] : [],
    ),
  ])
  // Few drills move few panels: only who played them all may call one dead.
  if (about.suite === 'full') failures.push(...(about.panels?.dead ?? []))
  failures.push(...about.runbooks.stale)
  const unproven = runs.flatMap(({ drill, problems }) =>
    problems.map(problem => `${drill}: not proven: ${problem}`),
  )
  return {
    schema: 'petrel.proof/1',
    ...about,
    ...verdictOf(failures, unproven),
    scores: scoresOf(runs),
    alerts: alertProofs(runs),
    runs: [...runs],
  }
}
