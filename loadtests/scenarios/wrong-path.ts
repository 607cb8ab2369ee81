import { wrongPath } from '../../src/catalog/scenarios/wrong-path.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(wrongPath)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
