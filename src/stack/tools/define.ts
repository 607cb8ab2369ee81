/** An archive of a release, and the release's own list of checksums. */
export interface Release {
  /** Whose release it is; names its folder in the cache. */
  name: string
  /** URL of the archive (`.tar.gz`) for this platform, or nothing where there is none. */
  archive: (platform: string, arch: string) => string | undefined
  /** URL of the list: a line for each file, SHA-256 in hex, then the file's name. */
  checksums: string
  /** Names of the binaries in the archive, without folders. */
  binaries: readonly string[]
}

/** A program that Petrel starts but does not ship. */
export interface Tool {
  name: string
  /** What it is called on PATH, best name first. */
  binaries: readonly string[]
  versionArgs: readonly string[]
  /** Finds the version in what it prints; another program of the same name does not match. */
  versionPattern: RegExp
  /** Lowest version that will do, as `2.42`. */
  minimum: string
  /** The version that a download or a build gives. */
  pinned?: string
  release?: Release
  /** Package path in the pinned module `src/stack/gotools`. */
  goPackage?: string
  aptPackage?: string
  /** Where people get it, for what Petrel does not get by itself. */
  page?: string
}

/** Names of platform and processor as Go's releases spell them. */
export const goArch = (arch: string): string | undefined => ({ x64: 'amd64', arm64: 'arm64' })[arch]
