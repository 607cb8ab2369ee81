import { healthy } from '../../src/catalog/scenarios/healthy.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(healthy)

export const options = scenario.options
export const handleSummary = scenario.handleSummary
export default scenario.crowd
