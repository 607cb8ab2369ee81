import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Report, withScope } from '#core'
import type { GeneratorApi } from '../generator/generator.ts'
import type { Dialect } from '../generator/pool.ts'
import type { PetrelOptions } from '../subjects/petrel.ts'
import type { Listening, SubjectApi } from '../subjects/subject.ts'
import { type Child, startChild } from './child.ts'
import type { Cores } from './cores.ts'

/** What a bench works with. */
export interface Lab {
  /** At least five, but for a quick look. */
  rounds: number
  /** Tiny numbers: shows that the bench works, says nothing of speed. */
  quick: boolean
  /** Peers that are here beside bare ws: `socket.io`, `bun`. */
  peers: readonly Peer[]
  report: Report
  signal: AbortSignal
  /** A folder that is gone after the run. */
  folder: string
  /** Minutes of the soak. */
  soakMinutes: number
  startSubject(name: SubjectName, options: PetrelOptions): Promise<RunningSubject>
  startGenerator(): Promise<Generator>
  /** Calls when the bench is over, in reverse order. */
  defer(release: () => unknown): void
}

export type SubjectName = 'petrel' | 'ws' | Peer
export type Peer = 'socket.io' | 'bun'

export interface RunningSubject {
  name: SubjectName
  process: Child<SubjectApi<PetrelOptions>>
  listening: Listening
  dialect: Dialect
}

export type Generator = Child<GeneratorApi>

export interface LabOptions extends Omit<Lab, 'startSubject' | 'startGenerator' | 'defer'> {
  cores: Cores
  /** Where CPU profiles of the servers go; none without. */
  profiles: string | undefined
  /** Where the peers' packages are installed. */
  peerFolder: string
}

const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

const DIALECTS: Readonly<Record<SubjectName, Dialect>> = {
  // `connected` and `current_status`.
  petrel: { greeting: 2 },
  ws: { greeting: 1 },
  bun: { greeting: 1 },
  // Engine.IO's `open`, then the answer to our `40`, both as text.
  'socket.io': { greeting: 3, hello: '40', heartbeat: ['2', '3'] },
}

/** Gives a bench its servers and generators, and ends them with it. */
export async function inLab<T>(options: LabOptions, body: (lab: Lab) => Promise<T>): Promise<T> {
  const { cores, profiles, peerFolder } = options
  return withScope(async scope => {
    const children = new Set<Child<never>>()
    // Ctrl-C ends what runs at once, and whatever waits for it fails.
    const cut = () => {
      for (const child of children) void child.kill()
    }
    options.signal.addEventListener('abort', cut)
    scope.defer(() => options.signal.removeEventListener('abort', cut))
    function start<A>(command: readonly string[], logFile?: string): Child<A> {
      options.signal.throwIfAborted()
      const child = startChild<A>({
        command,
        env: { OTEL_SDK_DISABLED: 'true', PETREL_BENCH_PEERS: peerFolder },
        ...(logFile === undefined ? {} : { logFile }),
      })
      children.add(child as Child<never>)
      return scope.use(child)
    }
    return body({
      ...options,
      defer: scope.defer,
      async startSubject(name, subjectOptions) {
        const file = here(`subjects/${name === 'ws' ? 'bare-ws' : name.replace('.', '-')}.ts`)
        if (profiles !== undefined) mkdirSync(profiles, { recursive: true })
        const node = [
          process.execPath,
          '--expose-gc',
          ...(profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]),
        ]
        const bun = [join(peerFolder, 'node_modules', '.bin', 'bun')]
        const child = start<SubjectApi<PetrelOptions>>(
          [...cores.server, ...(name === 'bun' ? bun : node), file],
          join(options.folder, `${name}.log`),
        )
        const listening = await child.call('start', subjectOptions)
        return { name, process: child, listening, dialect: DIALECTS[name] }
      },
      async startGenerator() {
        return start<GeneratorApi>([...cores.generator, process.execPath, here('generator/generator.ts')])
      },
    })
  })
}
