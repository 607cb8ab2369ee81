import { rollingDeploy } from '../../src/catalog/scenarios/rolling-deploy.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(rollingDeploy)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
