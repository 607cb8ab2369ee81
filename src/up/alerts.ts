import { ALERTS } from '#catalog'
import type { AlertTimes } from '#prove'
import type { Notification } from '#run'

/** One time that an alert fired, as the webhook was told. */
export interface FiredAlert extends AlertTimes {
  firedAt: number
  summary: string
  /** Path of its page in the project. */
  runbook: string
}

const MOST = 200

/** Keeps when alerts fired and resolved; the oldest that are over are forgotten. */
export class FiredAlerts {
  #all: { key: string; alert: FiredAlert }[] = []

  add({ alert, severity, labels, status, receivedAt }: Notification): void {
    const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const open = this.#all.find(entry => entry.key === key && entry.alert.resolvedAt === null)
    if (status === 'resolved') {
      if (open) open.alert = { ...open.alert, resolvedAt: receivedAt }
      return
    }
    // Alertmanager says again what still fires.
    if (open) return
    const summary = ALERTS.find(({ name }) => name === alert)?.summary ?? ''
    const fired: FiredAlert = {
      alert,
      severity: severity === 'critical' ? 'critical' : 'warning',
      firedAt: receivedAt,
      resolvedAt: null,
      summary,
      runbook: summary === '' ? '' : `docs/runbooks/${alert}.md`,
    }
    const over = this.#all.findIndex(entry => entry.alert.resolvedAt !== null)
    if (this.#all.length >= MOST && over >= 0) this.#all.splice(over, 1)
    this.#all.push({ key, alert: fired })
  }

  /** Oldest first. */
  list(): FiredAlert[] {
    return this.#all.map(({ alert }) => alert)
  }
}
