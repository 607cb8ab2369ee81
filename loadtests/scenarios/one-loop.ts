import { oneLoop } from '../../src/catalog/scenarios/one-loop.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(oneLoop)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
