import { nothingToRelease, type Place, type PreparedDisturbance, replaceSoon } from './define.ts'

export function replaceServers(place: Place): PreparedDisturbance {
  const { deployment } = place
  return {
    async begin() {
      for (const index of deployment.urls.keys()) {
        await deployment.stop(index)
        await replaceSoon(place, index)
      }
    },
    ...nothingToRelease,
  }
}
