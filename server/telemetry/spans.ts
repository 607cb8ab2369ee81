/** A span that the server makes, as the reference page describes it. A test holds recorded spans against it. */
export interface SpanEntry {
  /** As it is called; `{route}` stands for a route template. */
  name: string
  kind: 'SERVER' | 'PRODUCER' | 'CONSUMER' | 'INTERNAL'
  /** From when to when, and how many of it there are. */
  covers: string
  /** What it belongs to. */
  relation: string
  attributes: readonly string[]
}

const REQUEST = [
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'url.path',
  'url.scheme',
  'network.protocol.version',
  'network.peer.address',
  'user_agent.original',
  'error.type',
]
const MESSAGE = [
  'messaging.system',
  'messaging.operation.name',
  'messaging.operation.type',
  'messaging.destination.name',
  'petrel.task.id',
  'petrel.event.type',
  'petrel.event.seq',
]

export const SPANS: readonly SpanEntry[] = [
  {
    name: 'GET {route}',
    kind: 'SERVER',
    covers:
      'A WebSocket handshake, from the upgrade request to the first bytes of its answer: the 101, or the refusal. On a path that is no stream its name is `GET`.',
    relation: "Child of the caller's span (`traceparent` of the request).",
    attributes: [...REQUEST, 'petrel.handshake.outcome', 'petrel.handshake.reason'],
  },
  {
    name: 'websocket session',
    kind: 'INTERNAL',
    covers: 'Nothing but a moment: the sum of a session, when its socket is gone.',
    relation: 'Begins a trace, and is linked to its handshake.',
    attributes: [
      'http.route',
      'petrel.session.duration',
      'petrel.session.ended_by',
      'petrel.session.code_class',
      'petrel.session.verdict',
      'petrel.session.reason',
      'petrel.session.frames_sent',
      'petrel.session.frames_received',
    ],
  },
  {
    name: '{method} {route}',
    kind: 'SERVER',
    covers: 'A request of the HTTP API under `/api`. Probes and scrapes have none.',
    relation: "Child of the caller's span (`traceparent` of the request).",
    attributes: REQUEST,
  },
  {
    name: 'publish task events',
    kind: 'PRODUCER',
    covers:
      'The publishing of one event into the store. Its context travels with the event, through Redis too.',
    relation: 'Child of the request that caused it; the first of its trace for work that is simulated.',
    attributes: [...MESSAGE, 'error.type'],
  },
  {
    name: 'process task events',
    kind: 'CONSUMER',
    covers:
      'The fan-out of one event to all its receivers of one process. One for each process, not for each receiver.',
    relation: 'Child of its `publish task events`, and linked to it.',
    attributes: [...MESSAGE, 'petrel.fanout.receivers'],
  },
]
