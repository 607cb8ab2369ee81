import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { Clock } from '#core'

const payloadSchema = z.object({
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
      startsAt: z.string(),
      endsAt: z.string(),
    }),
  ),
})

/** One alert of one notification, as Alertmanager delivered it. */
export interface Notification {
  status: 'firing' | 'resolved'
  alert: string
  severity: string
  job: string
  labels: Readonly<Record<string, string>>
  /** When it arrived here, in milliseconds since the Unix epoch. */
  receivedAt: number
  /** When Prometheus says that it began, in milliseconds since the Unix epoch. */
  startsAt: number
}

export interface WebhookReceiver extends AsyncDisposable {
  /** What Alertmanager posts to. */
  url: string
  /** All that has arrived, oldest first. */
  notifications(): readonly Notification[]
  /** Bodies that were not notifications: a sign of a wrong Alertmanager version. */
  rejected(): number
  onNotification(listener: (notification: Notification) => void): void
}

const MAX_BODY_BYTES = 4 * 1024 * 1024

/** Listens on loopback for Alertmanager's webhook (payload version 4) and notes when each alert arrived. */
export async function startWebhookReceiver(clock: Pick<Clock, 'wall'>): Promise<WebhookReceiver> {
  const received: Notification[] = []
  const listeners: ((notification: Notification) => void)[] = []
  let rejected = 0

  function accept(body: string): boolean {
    const receivedAt = clock.wall()
    const parsed = payloadSchema.safeParse(jsonOrNothing(body))
    if (!parsed.success) return false
    for (const { status, labels, startsAt } of parsed.data.alerts) {
      const notification: Notification = {
        status,
        labels,
        alert: labels.alertname ?? '',
        severity: labels.severity ?? '',
        job: labels.job ?? '',
        receivedAt,
        startsAt: Date.parse(startsAt),
      }
      received.push(notification)
      for (const listener of listeners) listener(notification)
    }
    return true
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_BODY_BYTES) request.destroy()
      else chunks.push(chunk)
    })
    request.on('error', () => {})
    request.on('end', () => {
      const accepted = request.method === 'POST' && accept(Buffer.concat(chunks).toString('utf8'))
      if (!accepted) rejected += 1
      response.writeHead(accepted ? 200 : 400).end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    notifications: () => received,
    rejected: () => rejected,
    onNotification: listener => void listeners.push(listener),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
