import { FAULTS } from '#catalog'
import { serverFault } from './define.ts'

const LOOK_MS = 10
const LONGEST_MS = { '500ms': 500, drained: Number.POSITIVE_INFINITY }

export const headOfLine = serverFault(FAULTS.headOfLine, (variant, { clock }) => {
  let isOn = true
  return {
    deliver: healthy => async (member, published, merged) => {
      healthy(member, published, merged)
      const deadline = clock.now() + LONGEST_MS[variant]
      while (isOn && member.isSlow() && clock.now() < deadline) {
        await new Promise<void>(resolve => clock.after(LOOK_MS, resolve))
      }
    },
    [Symbol.dispose]() {
      isOn = false
    },
  }
})
