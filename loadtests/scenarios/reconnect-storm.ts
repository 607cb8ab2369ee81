import { reconnectStorm } from '../../src/catalog/scenarios/reconnect-storm.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(reconnectStorm)

export const options = scenario.options
export const handleSummary = scenario.handleSummary
export default scenario.crowd
