import { healthy } from '../../src/catalog/scenarios/healthy.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(healthy)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
