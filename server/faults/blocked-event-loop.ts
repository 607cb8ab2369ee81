import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

const PERIOD_MS = 1_000
const BLOCKED_MS = { '50ms': 50, '250ms': 250, '700ms': 700, '900ms': 900 }

export const blockedEventLoop = serverFault(FAULTS.blockedEventLoop, (variant, { clock }) => {
  const nobodyWakes = new Int32Array(new SharedArrayBuffer(4))
  let timer: Disposable
  const block = () => {
    // Waits as a blocking client does: the loop stands still and the core is free.
    Atomics.wait(nobodyWakes, 0, 0, BLOCKED_MS[variant])
    timer = clock.after(PERIOD_MS - BLOCKED_MS[variant], block)
  }
  timer = clock.after(0, block)
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() }
})
