export { type LookOptions, look } from './look.ts'
export { type CheckResult, checkResultSchema } from './result.ts'
