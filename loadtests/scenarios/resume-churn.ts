import { resumeChurn } from '../../src/catalog/scenarios/resume-churn.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(resumeChurn)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
