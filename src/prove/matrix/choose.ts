import { DRILLS, type Drill } from '#catalog'

/** In which nothing may fire, whatever is chosen. */
const CONTROL = 'healthy'

/** The drills to play: of a suite, of some names (a drill's or a scenario's), or those that fire some alerts. */
export function drillsFor({
  suite,
  only,
  alerts,
}: {
  suite: 'ci' | 'full'
  only?: readonly string[]
  alerts?: readonly string[]
}): readonly Drill[] {
  if (!only && !alerts) return suite === 'ci' ? DRILLS.filter(({ inCi }) => inCi) : DRILLS
  // A scenario and the drill that plays it alone have one name: then that drill is meant.
  const isMeant = (wanted: string, { name, scenario }: Drill) =>
    DRILLS.some(drill => drill.name === wanted) ? name === wanted : scenario === wanted
  return DRILLS.filter(
    drill =>
      only?.some(wanted => isMeant(wanted, drill)) ||
      (alerts && (drill.name === CONTROL || drill.fires.some(({ alert }) => alerts.includes(alert)))),
  )
}
