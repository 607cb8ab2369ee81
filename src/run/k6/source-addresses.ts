const FIRST = 2
const LOOPBACK = /^127\.\d+\.\d+\.\d+$/

/**
 * Source addresses for a crowd, 127.0.0.2 and on, so that a server can tell its clients apart and each has the
 * ports of an address of its own. Only towards 127.x, and only where all of it is this machine: on Linux.
 */
export function localAddresses(
  targets: readonly string[],
  wanted: number,
  platform = process.platform,
): string[] {
  const isHere = platform === 'linux' && targets.every(target => LOOPBACK.test(new URL(target).hostname))
  return isHere ? Array.from({ length: wanted }, (_, index) => `127.0.0.${FIRST + index}`) : ['']
}

/** The addresses of one of several generators; with as many of them as generators no two have one in common. */
export const shareOf = (addresses: readonly string[], index: number, of: number): string[] =>
  addresses.filter((_, place) => place % of === index)
