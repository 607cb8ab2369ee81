export * from './burn-rate.ts'
export * from './predict.ts'
