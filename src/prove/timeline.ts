import type { Clock } from '#core'
import type { Notification, WebhookReceiver } from '#run'

/** What k6 and its neighbours need to start on two cores, before the common timeline of so many loads begins. */
export const leadMs = (loads: number): number => 2_000 + 800 * loads

/** Time after the last phase in which an expected notification may still arrive. */
const LAST_NOTIFICATIONS_MS = 8_000
const LOOK_MS = 100

type Wanted = Pick<Notification, 'job' | 'alert' | 'severity'>

/** Waits until each alert that must fire has also resolved for good, but not for long: late is a finding. */
export async function lastNotifications(
  awaited: readonly Wanted[],
  receiver: Pick<WebhookReceiver, 'notifications'>,
  clock: Pick<Clock, 'now' | 'after'>,
  signal: AbortSignal,
): Promise<void> {
  const isOver = ({ job, alert, severity }: Wanted) =>
    receiver
      .notifications()
      .findLast(one => one.job === job && one.alert === alert && one.severity === severity)?.status ===
    'resolved'
  const deadline = clock.now() + LAST_NOTIFICATIONS_MS
  while (!awaited.every(isOver) && clock.now() < deadline) {
    signal.throwIfAborted()
    await new Promise<void>(later => void clock.after(LOOK_MS, later))
  }
}
