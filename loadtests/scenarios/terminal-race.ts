import { terminalRace } from '../../src/catalog/scenarios/terminal-race.ts'
import { loadScenario } from '../lib/scenario.ts'

const scenario = loadScenario(terminalRace)

export const options = scenario.options
export const setup = scenario.setup
export const handleSummary = scenario.handleSummary
export default scenario.crowd
