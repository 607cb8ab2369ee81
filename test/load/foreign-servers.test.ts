import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server as SocketIo } from 'socket.io'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { JOINED } from '#gate'
import { findings, phasesOf, playGate, scenarioNamed } from '../support/play-gate.ts'

/** What the gate says of a server that is not ours, by what it does with an HTTP server. */
async function gateOnForeign(serve: (http: Server) => () => unknown, names: readonly string[], path: string) {
  const http = createServer((_, response) => response.writeHead(404).end())
  const end = serve(http)
  await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
  try {
    const { port } = http.address() as AddressInfo
    return await playGate({
      scenarios: names.map(scenarioNamed),
      settings: () => ({ clients: 6, taskMs: 500, phases: phasesOf(2_500) }),
      target: { url: `http://127.0.0.1:${port}`, path },
      signal: new AbortController().signal,
    })
  } finally {
    end()
    http.close()
  }
}

/** The `ws` library as its readme shows it: every path is a stream. */
function plainWs(http: Server) {
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', socket => socket.send(JSON.stringify({ type: 'progress', percent: 10 })))
  return () => {
    for (const socket of sockets.clients) socket.terminate()
  }
}

/** A path that is none is left hanging for a second, then cut, without an answer. */
function socketIo(http: Server) {
  const io = new SocketIo(http)
  return () => io.close()
}

test.concurrent('a plain ws server, by its path: judged from its clients alone, and what it lets in is told', async () => {
  const names = ['healthy', 'mass-drop', 'wrong-path']
  const result = await gateOnForeign(plainWs, names, '/stream/{taskId}')
  expect(result.runs.map(({ scenario, verdict }) => [scenario, verdict])).toEqual([
    ['healthy', 'held'],
    ['mass-drop', 'held'],
    ['wrong-path', 'did_not_hold'],
  ])
  expect(findings(result)).toEqual([
    ['fault/wrong-path-refused', 'did_not_hold'],
    ['fault/wrong-path-answered', 'did_not_hold'],
  ])
  expect(result.exitCode).toBe(1)
  expect(result.runs[0]?.checks.find(({ id }) => id === 'fault/served')).toMatchObject({ verdict: 'held' })
  expect(result.leftOut).toHaveLength(Object.keys(JOINED).length)
})

/** Greets and complains in frames that are called as ours are, and drops who is new now and then. */
function almostOurs(seen: string[]) {
  return (http: Server) => {
    const sockets = new WebSocketServer({ server: http })
    sockets.on('connection', (socket, { url = '' }) => {
      seen.push(url)
      socket.send(JSON.stringify({ type: 'connected', reconnect_window_ms: 'a while' }))
      socket.send(JSON.stringify({ type: 'progress' }))
      if (seen.length % 5 > 0) return
      socket.send(JSON.stringify({ type: 'error', retry_after_ms: 'soon' }), () => socket.terminate())
    })
    return () => {
      for (const socket of sockets.clients) socket.terminate()
    }
  }
}

/** Streams at one path, and the answer of a gateway at all others. */
function behindGateway(http: Server) {
  const sockets = new WebSocketServer({ noServer: true })
  http.on('upgrade', (request, socket, head) => {
    if (!request.url?.startsWith('/api/'))
      socket.end('HTTP/1.1 504 Gateway Timeout\r\nConnection: close\r\n\r\n')
    else sockets.handleUpgrade(request, socket, head, ws => ws.send('{"type":"progress"}'))
  })
  return () => {
    for (const socket of sockets.clients) socket.terminate()
  }
}

test.concurrent('a wrong path that a gateway answers in its own way is answered', async () => {
  const result = await gateOnForeign(behindGateway, ['wrong-path'], '/api/v1/stream/{taskId}')
  expect(findings(result)).toEqual([])
  const fault = result.runs[0]?.load?.phases.fault
  expect(fault?.refused).toEqual({ 504: fault?.attempts })
})

test.concurrent('frames that only look like ours are taken for what they are: nobody asks to resume, the crowd goes on', async () => {
  const seen: string[] = []
  const result = await gateOnForeign(almostOurs(seen), ['mass-drop'], '/stream/{taskId}')
  expect(seen.length).toBeGreaterThan(20)
  expect(seen.filter(url => url.includes('resume='))).toEqual([])
  expect(result.runs[0]?.problems).toEqual([])
  expect(result.runs[0]?.load?.recovery).toMatchObject({ neverCameBack: 0, stillWaiting: 0 })
})

test.concurrent('a Socket.IO server, by the path of its WebSockets: served, and silent on a wrong path', async () => {
  const names = ['healthy', 'mass-drop', 'wrong-path']
  const path = '/socket.io/?EIO=4&transport=websocket&task={taskId}'
  const result = await gateOnForeign(socketIo, names, path)
  expect(findings(result)).toEqual([['fault/wrong-path-answered', 'did_not_hold']])
  expect(result.runs.map(({ verdict }) => verdict)).toEqual(['held', 'held', 'did_not_hold'])
})

test.concurrent('a Socket.IO server at a path that it does not serve: 1, nobody is served, and nothing is thrown', async () => {
  const result = await gateOnForeign(socketIo, ['healthy'], '/ws/{taskId}')
  expect(result).toMatchObject({ verdict: 'did_not_hold', exitCode: 1 })
  expect(findings(result)).toEqual(expect.arrayContaining([['fault/served', 'did_not_hold']]))
})
