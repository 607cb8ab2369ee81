export type { Storm } from './storms.ts'
export { stormNamed, stormNames } from './storms.ts'
export { runUp, type UpOptions, type UpUrls } from './up.ts'
