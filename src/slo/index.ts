export * from './burn-rate.ts'
export * from './predict.ts'
export * from './windows.ts'
