import { build } from 'esbuild'

/**
 * A scenario and everything that it imports, as one script that k6 runs anywhere. No path of this machine is in it.
 * @param scenario path of the file, beneath `root`
 */
export async function bundleScenario(scenario: string, root: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [scenario],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    // What k6 runs without a step of its own.
    target: 'es2022',
    external: ['k6', 'k6/*'],
    legalComments: 'none',
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
