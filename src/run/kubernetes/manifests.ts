import { Document } from 'yaml'
import { PHASES, type Scenario } from '#catalog'
import { PetrelError } from '#core'
import { type LoadSettings, phaseLengths } from '../k6/settings.ts'
import { crowdVariables } from '../k6/variables.ts'

export interface ManifestOptions {
  scenario: Scenario
  settings: LoadSettings
  /** As the runners reach it, which is seldom as we do: `http://stream.default.svc:8080`. */
  targets: readonly string[]
  /** Runners, each of which plays an equal share. */
  parallelism: number
  /** k6's, with its version or digest. */
  image: string
  /** The scenario with everything that it imports. */
  script: string
}

/** etcd's limit for one object (Kubernetes, "ConfigMaps are not designed to hold large chunks of data"). */
const MOST_BYTES = 1024 * 1024
/** Of it for names, labels and JSON around the script. */
const OVERHEAD_BYTES = 4_096

/** Any but root will do; a number, since Kubernetes cannot tell of a name that it is not root's. */
const USER = 12_345

/**
 * What k6-operator needs to play a scenario from several machines: a ConfigMap with the script, and a `TestRun`. Each
 * runner prints its result, and `petrel load SCENARIO --merge` makes one verdict of their logs.
 * @throws PetrelError `bad_option` when the fault is caused by more than the crowd, the image is not pinned, or the
 * script does not fit
 */
export function kubernetesManifests(options: ManifestOptions): string {
  const { scenario, image, script, parallelism } = options
  if (scenario.cause.by !== 'crowd') {
    throw new PetrelError('bad_option', `${scenario.name} cannot be played by k6 alone`, {
      hint: 'its fault is caused from outside of the crowd; petrel load plays it from this machine',
    })
  }
  if (!/(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image)) {
    throw new PetrelError('bad_option', `--image "${image}" is not pinned`, {
      hint: 'name a version or a digest, as grafana/k6:2.2.0: another k6 is another measurement',
    })
  }
  if (Buffer.byteLength(script) > MOST_BYTES - OVERHEAD_BYTES) {
    throw new PetrelError('bad_option', `the script of ${scenario.name} does not fit into a ConfigMap`, {
      hint: `it has ${Buffer.byteLength(script)} bytes of ${MOST_BYTES}`,
    })
  }
  const name = `petrel-${scenario.name}`
  const file = `${scenario.name}.js`
  const labels = { 'app.kubernetes.io/name': 'petrel', 'app.kubernetes.io/component': scenario.name }
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels },
    data: { [file]: script },
  }
  const testRun = {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata: { name, labels },
    spec: {
      parallelism,
      arguments: '--no-usage-report --log-format raw',
      script: { configMap: { name, file } },
      runner: {
        image,
        automountServiceAccountToken: 'false',
        securityContext: { runAsNonRoot: true, runAsUser: USER, seccompProfile: { type: 'RuntimeDefault' } },
        containerSecurityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        env: Object.entries(variables(options)).map(([key, value]) => ({ name: key, value })),
      },
    },
  }
  const head = ` ${scenario.summary}\n kubectl apply -f this; when it has ended: kubectl logs of each runner, into a file each,\n then petrel load ${scenario.name} --merge FILE...`
  return [document(configMap, head), document(testRun)].join('---\n')
}

/** The operator cuts the crowd into execution segments itself; a scenario has only to know of how many. */
function variables({ scenario, settings, targets, parallelism }: ManifestOptions): Record<string, string> {
  const lengths = phaseLengths(scenario, settings)
  return {
    TARGET: targets.join(','),
    ...Object.fromEntries(PHASES.map(phase => [`${phase.toUpperCase()}_MS`, String(lengths[phase])])),
    ...crowdVariables({ ...settings, segments: parallelism }),
    RESULT_FILE: 'stdout',
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
  }
}

function document(content: object, comment?: string): string {
  const written = new Document(content)
  if (comment !== undefined) written.commentBefore = comment
  return written.toString({ lineWidth: 0 })
}
