export { runDemo } from './demo.ts'
export { type DemoResult, demoResultSchema } from './result.ts'
