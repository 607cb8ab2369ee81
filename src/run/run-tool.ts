import { execa } from 'execa'
import { errorText, PetrelError } from '#core'

const MOST_BYTES = 64 * 1024 * 1024

/**
 * Runs a program that checks or converts files to its end, with all that it says in one text.
 * @throws PetrelError `process_start_failed` when there is no such program; what the signal says when it aborts.
 */
export async function runTool(
  path: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ ok: boolean; text: string }> {
  const result = await execa(path, args, {
    all: true,
    reject: false,
    stdin: 'ignore',
    cancelSignal: signal,
    maxBuffer: MOST_BYTES,
  })
  signal.throwIfAborted()
  if (result.exitCode === undefined && !result.isTerminated) {
    throw new PetrelError('process_start_failed', `${path} could not be started`, {
      hint: errorText(result.cause ?? result),
    })
  }
  return { ok: result.exitCode === 0, text: result.all }
}
