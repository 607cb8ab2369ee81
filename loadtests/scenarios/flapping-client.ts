import { flappingClient } from '../../src/catalog/scenarios/flapping-client.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(flappingClient)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
