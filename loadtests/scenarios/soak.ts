import { soak } from '../../src/catalog/scenarios/soak.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(soak)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
