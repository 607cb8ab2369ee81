import { refusedMatrix } from '../../src/catalog/scenarios/refused-matrix.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(refusedMatrix)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
