import { defineConfig } from 'tsdown'

/** The two entry points that other projects import; the command line runs from a checkout, without a build. */
export default defineConfig({
  entry: { 'instrument/index': 'src/instrument/index.ts', 'slo/index': 'src/slo/index.ts' },
  platform: 'node',
  dts: true,
})
