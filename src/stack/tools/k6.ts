import { goArch, type Tool } from './define.ts'

/** The npm package called `k6` is an empty name-holder: only the real program prints `k6 v2`. */
export const k6: Tool = {
  name: 'k6',
  binaries: ['k6'],
  versionArgs: ['version'],
  versionPattern: /^k6(?:\.exe)? v(\d+\.\d+\.\d+)/m,
  minimum: '2.0.0',
  pinned: '2.2.0',
  release: {
    name: 'k6',
    archive: (platform, arch) =>
      platform === 'linux' && goArch(arch)
        ? `https://github.com/grafana/k6/releases/download/v2.2.0/k6-v2.2.0-linux-${goArch(arch)}.tar.gz`
        : undefined,
    checksums: 'https://github.com/grafana/k6/releases/download/v2.2.0/k6-v2.2.0-checksums.txt',
    binaries: ['k6'],
  },
  goPackage: 'go.k6.io/k6/v2',
}
