import { parseDuration } from '#core'
import type { Watched } from './watched.ts'

/**
 * Objectives at which one bad event alone is a burn while traffic is near the floor, one sentence each, with the floor
 * that would end it: at 99.99 % one of 72 is more than 14.4 times the budget.
 */
export function loneFailures({ alerts, slis, burnWindows, trafficFloor }: Watched): string[] {
  const floor = trafficFloor.production
  const burning = new Set(alerts.flatMap(alert => (alert.kind === 'burn_rate' ? [alert.sli.name] : [])))
  return slis
    .filter(({ name }) => burning.has(name))
    .flatMap(({ name, objective }) => {
      const budget = 1 - objective
      const needed = burnWindows.production.map(({ long, factor }) => ({
        long,
        floor: 1_000 / (parseDuration(long) * factor * budget),
      }))
      const worst = needed.reduce((most, one) => (one.floor > most.floor ? one : most))
      if (worst.floor <= floor) return []
      // Rounded up to two figures: a floor that is nearly enough is not.
      const unit = 10 ** (Math.floor(Math.log10(worst.floor)) - 1)
      const enough = Number((Math.ceil(worst.floor / unit) * unit).toPrecision(2))
      return [
        `${name} at ${Number((objective * 100).toPrecision(6))} %: with the traffic floor of ${floor} events a second, a single bad event in ${worst.long} can fire its burn alert; set trafficFloor.production to ${enough} or more`,
      ]
    })
}
