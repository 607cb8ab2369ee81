import { defineMetric } from './define.ts'

/** Its one combination is known when the server starts. */
export const petrelBuildInfo = defineMetric({
  name: 'petrel_build_info',
  type: 'gauge',
  help: 'Always 1; its labels say what runs: the version of Petrel, and of Node.',
  labels: ['version', 'node_version'],
  tuples: [],
})
