import { wsDrainRemaining } from '../metrics/ws-drain-remaining.ts'
import { select } from '../slis/define.ts'
import { defineLevelAlert } from './define.ts'

export const wsDrainStuck = defineLevelAlert({
  name: 'WsDrainStuck',
  severity: 'warning',
  summary: 'A server that is going away does not get rid of its sessions.',
  description:
    'A server of {{ $labels.job }} has drained for too long and still holds {{ $value | humanize }} sessions: a deployment hangs, and in the end they are cut.',
  gauge: select(wsDrainRemaining),
  compare: '>',
  windows: {
    production: { threshold: 0, for: '5m', keepFiringFor: '5m' },
    drill: { threshold: 0, for: '5s', keepFiringFor: '5s' },
  },
  board: 'sessions',
  panel: 'Drain',
  allowed: { detect: '30s', resolve: '30s' },
})
