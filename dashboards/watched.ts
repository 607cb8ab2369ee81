import { ALERTS, type Alert, SLIS, type Sli, type WindowSet } from '#catalog'
import { BURN_WINDOWS, type BurnPair, TRAFFIC_FLOOR } from '#slo'
import { DEFAULT_LINKS, type Links } from './links.ts'

/** All that rules, boards and routes are made of: the catalogue, or the catalogue as a settings file tunes it. */
export interface Watched {
  slis: readonly Sli[]
  alerts: readonly Alert[]
  burnWindows: Readonly<Record<WindowSet, readonly BurnPair[]>>
  trafficFloor: Readonly<Record<WindowSet, number>>
  /** Label → value that every series must have, as `namespace="shop"`; empty takes all. */
  selector: Readonly<Record<string, string>>
  links: Links
}

export const CATALOGUE: Watched = {
  slis: SLIS,
  alerts: ALERTS,
  burnWindows: BURN_WINDOWS,
  trafficFloor: TRAFFIC_FLOOR,
  selector: {},
  links: DEFAULT_LINKS,
}
