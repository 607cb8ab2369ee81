import { wakeUp } from '../../src/catalog/scenarios/wake-up.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(wakeUp)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
