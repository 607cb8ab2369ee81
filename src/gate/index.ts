export {
  type Baseline,
  type BaselineScenario,
  baselineSchema,
  mustBeOf,
  readBaseline,
} from './baseline/file.ts'
export { machineText, thisMachine } from './baseline/machine.ts'
export { MEASURES } from './baseline/measures.ts'
export { cleanRuns, noiseFloorOf } from './baseline/repeat.ts'
export { effectiveThresholds } from './config/effective.ts'
export { readConfig } from './config/read.ts'
export { configSchema, EVERY, type GateConfig } from './config/schema.ts'
export { type GateOptions, runGate } from './gate.ts'
export { JOINED } from './joined.ts'
export type { GateTarget, GateTools } from './play.ts'
export { githubAnnotations } from './reports/annotations.ts'
export { consoleLines } from './reports/console.ts'
export { junitXml } from './reports/junit.ts'
export { COMMENT_MARK, markdownSummary } from './reports/markdown.ts'
export { gateReport } from './reports/page.ts'
export { type Check, type GateResult, gateResultSchema, type ScenarioRun } from './result.ts'
export { missingMetrics, scrape } from './server/scrape.ts'
export { fitted, SUITES, type SuiteName, scenariosOf } from './suites.ts'
export type { EffectiveThreshold } from './thresholds/judge.ts'
