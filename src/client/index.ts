export * from './policies/index.ts'
