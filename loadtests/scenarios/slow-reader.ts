import { slowReader } from '../../src/catalog/scenarios/slow-reader.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(slowReader)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
