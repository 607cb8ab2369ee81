import { halfOpen } from '../../src/catalog/scenarios/half-open.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(halfOpen)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
