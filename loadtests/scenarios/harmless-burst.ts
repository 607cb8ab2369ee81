import { harmlessBurst } from '../../src/catalog/scenarios/harmless-burst.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(harmlessBurst)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
