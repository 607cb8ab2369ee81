import { goArch, type Release, type Tool } from './define.ts'

const VERSION = '0.28.1'
const BASE = `https://github.com/prometheus/alertmanager/releases/download/v${VERSION}`

const release: Release = {
  name: 'alertmanager',
  archive: (platform, arch) =>
    (platform === 'linux' || platform === 'darwin') && goArch(arch)
      ? `${BASE}/alertmanager-${VERSION}.${platform}-${goArch(arch)}.tar.gz`
      : undefined,
  checksums: `${BASE}/sha256sums.txt`,
  binaries: ['alertmanager', 'amtool'],
}

/** Debian calls it `prometheus-alertmanager`; its package must be installed, it reads a template from /usr/share. */
export const alertmanager: Tool = {
  name: 'alertmanager',
  binaries: ['alertmanager', 'prometheus-alertmanager'],
  versionArgs: ['--version'],
  versionPattern: /^alertmanager, version (\d+\.\d+\.\d+)/m,
  minimum: '0.25.0',
  pinned: VERSION,
  release,
  aptPackage: 'prometheus-alertmanager',
}

export const amtool: Tool = {
  ...alertmanager,
  name: 'amtool',
  binaries: ['amtool'],
  versionPattern: /^amtool, version (\d+\.\d+\.\d+)/m,
}
