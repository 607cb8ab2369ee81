import { EXIT, type ExitCode } from '../../core/exit.ts'

/** What an error code of `PetrelError` means, and the exit code that a command leaves with. */
export interface ErrorCodeEntry {
  exit: ExitCode
  /** One sentence for the reference page. */
  meaning: string
}

/** Every error code. A test finds each `new PetrelError('…')` of the sources here, and each entry in the sources. */
export const ERROR_CODES: Readonly<Record<string, ErrorCodeEntry>> = {
  bad_duration: { exit: EXIT.usage, meaning: 'A duration is not written as 500ms, 10s, 1m30s or 3d.' },
}
