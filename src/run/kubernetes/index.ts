export { bundleScenario } from './bundle.ts'
export { kubernetesManifests, type ManifestOptions } from './manifests.ts'
