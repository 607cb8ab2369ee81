import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PetrelError } from '#core'
import { onFreePort, startProcess, until } from '#stack'

/** An nginx of the test's own in front of a server. */
export interface TestProxy extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  url: string
  port: number
}

/** Passes the upgrade on, as nginx's manual says. */
export const PASSES_UPGRADE = `
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection "upgrade";
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
`

/** Starts nginx with these locations in its one server, in a folder of its own. */
export async function startNginx(path: string, locations: string): Promise<TestProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-nginx-'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const start = async (port: number) => {
    const file = join(folder, 'nginx.conf')
    writeFileSync(
      file,
      `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr warn;
       events { worker_connections 512; }
       http {
         access_log off;
         ${temporary.map(name => `${name}_temp_path ${folder}/${name};`).join(' ')}
         server { listen 127.0.0.1:${port}; ${locations} }
       }`,
    )
    const child = await startProcess({
      name: 'nginx',
      command: path,
      args: ['-p', folder, '-c', file, '-e', 'stderr'],
      graceMs: 1_000,
    })
    try {
      await until(() => isListening(port), {
        what: 'nginx to listen',
        timeoutMs: 10_000,
        signal: AbortSignal.timeout(15_000),
      })
    } catch (error) {
      await child.stop()
      const text = child.tail().join('\n')
      if (text.includes('Address already in use')) throw new PetrelError('port_busy', text)
      throw error
    }
    return { child, port }
  }
  const { child, port } = await onFreePort(start)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Whatever it answers, also that its server is not there yet. */
const isListening = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/`).then(
    response => response.body?.cancel().then(() => true) ?? true,
    () => false,
  )
