export { type Load, type LoadOptions, type LoadSettings, phaseLengths, startLoad } from './load.ts'
export { type LoadPlan, preflight } from './preflight.ts'
export { type LoadResult, loadResultSchema, type PhaseFigures } from './result.ts'
export { checkTarget, hasTasks } from './target.ts'
