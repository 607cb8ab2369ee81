import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Report } from '#core'
import type { Peer } from './lab.ts'

/** Installs what is compared beside `ws`, in a folder of its own: none of it is a dependency of ours. */
export async function installPeers(folder: string, report: Report, signal: AbortSignal): Promise<Peer[]> {
  const packages = { 'socket.io': '^4.8.0', bun: '^1.3.0' }
  if (!Object.keys(packages).every(name => existsSync(join(folder, 'node_modules', name)))) {
    report(`installing ${Object.keys(packages).join(' and ')} into ${folder}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }))
    await execa('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, cancelSignal: signal })
  }
  return Object.keys(packages) as Peer[]
}
