import { bigFanout } from '../../src/catalog/scenarios/big-fanout.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(bigFanout)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
