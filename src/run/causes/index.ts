export { type BadReaderFigures, judgeReaders } from './bad-readers.ts'
export { type CauseOptions, type RunningCause, startCause } from './start-cause.ts'
