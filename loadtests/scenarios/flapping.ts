import { flapping } from '../../src/catalog/scenarios/flapping.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(flapping)

export const options = scenario.options
export const handleSummary = scenario.handleSummary
export default scenario.crowd
