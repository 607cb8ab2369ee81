import { goArch, type Release, type Tool } from './define.ts'

const VERSION = '0.28.1'
const BASE = `https://github.com/prometheus/alertmanager/releases/download/v${VERSION}`

const release = (binary: string): Release => ({
  archive: (platform, arch) =>
    (platform === 'linux' || platform === 'darwin') && goArch(arch)
      ? `${BASE}/alertmanager-${VERSION}.${platform}-${goArch(arch)}.tar.gz`
      : undefined,
  checksums: `${BASE}/sha256sums.txt`,
  binary,
})

/** Debian calls it `prometheus-alertmanager`; its package must be installed, it reads a template from /usr/share. */
export const alertmanager: Tool = {
  name: 'alertmanager',
  binaries: ['alertmanager', 'prometheus-alertmanager'],
  versionArgs: ['--version'],
  versionPattern: /^alertmanager, version (\d+\.\d+\.\d+)/m,
  minimum: '0.25.0',
  pinned: VERSION,
  release: release('alertmanager'),
  aptPackage: 'prometheus-alertmanager',
}

export const amtool: Tool = {
  ...alertmanager,
  name: 'amtool',
  binaries: ['amtool'],
  versionPattern: /^amtool, version (\d+\.\d+\.\d+)/m,
  release: release('amtool'),
}
