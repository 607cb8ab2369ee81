import { FAULT_OFF } from '#catalog'
import { putFault } from '../causes/server-requests.ts'
import { nothingToRelease, type Place, type PreparedDisturbance } from './define.ts'

export function switchFault({ deployment }: Place, fault: string, variant: string): PreparedDisturbance {
  const put = (to: string) => Promise.all(deployment.urls.map(url => putFault(url, fault, to)))
  return { begin: () => put(variant), end: () => put(FAULT_OFF), ...nothingToRelease }
}
