export { type BadReaderFigures, judgeReaders } from './bad-readers.ts'
export { type CauseOptions, type RunningCause, type SharedTask, startCause } from './start-cause.ts'
