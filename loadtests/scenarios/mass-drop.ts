import { massDrop } from '../../src/catalog/scenarios/mass-drop.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(massDrop)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
