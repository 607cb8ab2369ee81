import { type FrontDoor, openFrontDoor } from '../causes/front-door.ts'
import { again, type Place, type PreparedDisturbance } from './define.ts'

/** A proxy before each server. */
async function doorsOf({ deployment, clock }: Place) {
  const doors: FrontDoor[] = await Promise.all(deployment.urls.map(url => openFrontDoor(url, clock)))
  return {
    each: (run: (door: FrontDoor) => void) => doors.forEach(run),
    targets: doors.map(({ url }) => url),
    async [Symbol.asyncDispose]() {
      for (const door of doors) await door[Symbol.asyncDispose]()
    },
  }
}

/** Every stream is cut, again and again, as by a proxy that is restarted. */
export async function cutStreams(place: Place, everyMs: number): Promise<PreparedDisturbance> {
  const doors = await doorsOf(place)
  const cuts: number[] = []
  return {
    ...doors,
    begin: () =>
      again(everyMs, place, () => {
        cuts.push(place.clock.wall())
        doors.each(door => door.cut())
      }),
    span: () => (cuts.length === 0 ? undefined : { from: cuts[0] ?? 0, to: cuts.at(-1) ?? 0 }),
  }
}

/** No new connection comes through, as when a balancer has lost its servers. */
export async function turnAway(place: Place): Promise<PreparedDisturbance> {
  const doors = await doorsOf(place)
  return {
    ...doors,
    begin: () => doors.each(door => door.shut()),
    end: () => doors.each(door => door.pass()),
  }
}
