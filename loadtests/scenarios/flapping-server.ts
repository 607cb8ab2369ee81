import { flappingServer } from '../../src/catalog/scenarios/flapping-server.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(flappingServer)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
