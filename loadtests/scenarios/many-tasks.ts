import { manyTasks } from '../../src/catalog/scenarios/many-tasks.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(manyTasks)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
