import { connect } from 'node:net'
import { serveParent } from '../lib/child.ts'
import { type Churned, type ChurnOrder, churn } from './churn.ts'
import { type Flooded, type FloodOrder, flood } from './flood.ts'
import { type Arrived, type Opened, type OpenOrder, Pool } from './pool.ts'

/** What the load generator can be asked. Clients belong to pools, by name. */
export interface GeneratorApi {
  [method: string]: (argument: never) => unknown
  open(order: OpenOrder & { pool: string }): Promise<Opened>
  /** Dials until somebody accepts, then opens all at once; times count from that first accept. */
  storm(order: OpenOrder & { pool: string }): Promise<Opened>
  end(order: { pool: string; how: 'close' | 'cut' }): Promise<void>
  /** Event `{pool, received}` each so many messages, and at the last. */
  credit(order: { pool: string; every: number; total: number }): void
  collect(order: { pool: string }): void
  /** Resolves when so many messages have arrived since, or nothing arrives any more. */
  arrived(order: { pool: string; messages: number }): Promise<Arrived>
  flood(order: FloodOrder): Promise<Flooded>
  churn(order: ChurnOrder & { pool: string }): Promise<Churned>
  /** CPU seconds of this process. */
  cpu(): number
}

const pools = new Map<string, Pool>()
function pool(name: string): Pool {
  const known = pools.get(name) ?? new Pool(name)
  pools.set(name, known)
  return known
}

const api: GeneratorApi = {
  open: order => pool(order.pool).open(order),
  async storm(order) {
    while (!(await accepts(order.port))) await new Promise(resolve => setTimeout(resolve, 2))
    return pool(order.pool).open(order)
  },
  end: ({ pool: name, how }) => pool(name).end(how),
  credit: ({ pool: name, every, total }) => pool(name).credit(every, total),
  collect: ({ pool: name }) => pool(name).collect(),
  arrived: ({ pool: name, messages }) => pool(name).arrived(messages),
  flood,
  churn,
  cpu() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  },
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      void resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
}

serveParent(api)
