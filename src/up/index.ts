export { stormNamed, stormNames } from './storms.ts'
export { runUp, type UpUrls } from './up.ts'
