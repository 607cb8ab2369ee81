import { goArch, type Release, type Tool } from './define.ts'

const VERSION = '3.8.0'
const BASE = `https://github.com/prometheus/prometheus/releases/download/v${VERSION}`

const release: Release = {
  name: 'prometheus',
  archive: (platform, arch) =>
    (platform === 'linux' || platform === 'darwin') && goArch(arch)
      ? `${BASE}/prometheus-${VERSION}.${platform}-${goArch(arch)}.tar.gz`
      : undefined,
  checksums: `${BASE}/sha256sums.txt`,
  binaries: ['prometheus', 'promtool'],
}

/** 2.42 is the first with `keep_firing_for`, and what Debian 12 has. */
export const prometheus: Tool = {
  name: 'prometheus',
  binaries: ['prometheus'],
  versionArgs: ['--version'],
  versionPattern: /^prometheus, version (\d+\.\d+\.\d+)/m,
  minimum: '2.42.0',
  pinned: VERSION,
  release,
  aptPackage: 'prometheus',
}

export const promtool: Tool = {
  ...prometheus,
  name: 'promtool',
  binaries: ['promtool'],
  versionPattern: /^promtool, version (\d+\.\d+\.\d+)/m,
}

const { aptPackage: _, ...fromElsewhere } = promtool

/** Rules must hold on both: what 2.42 takes, 3 may read in another way. */
export const promtool3: Tool = { ...fromElsewhere, name: 'promtool-3', minimum: '3.0.0' }
