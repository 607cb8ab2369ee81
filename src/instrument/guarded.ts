import { errorText } from '#core'

/**
 * A callback of whoever embeds the meter; `usual` where there is none. It is called in the middle of a socket's event
 * or of a timer, where an error would end the process and every stream with it: then `usual` answers too, and a warning
 * of Node's tells of it, once.
 */
export function guarded<Args extends unknown[], Answer>(
  name: string,
  callback: ((...args: Args) => Answer) | undefined,
  usual: (...args: Args) => Answer,
): (...args: Args) => Answer {
  if (!callback) return usual
  let isTold = false
  return (...args) => {
    try {
      return callback(...args)
    } catch (error) {
      if (!isTold) process.emitWarning(`${name} has thrown: ${errorText(error)}`, 'PetrelWarning')
      isTold = true
      return usual(...args)
    }
  }
}
