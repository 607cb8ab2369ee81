import { connect } from 'node:net'

/**
 * Sends records as Docker's fluentd driver does: Fluent's forward protocol, message mode, one connection.
 * github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1
 */
export function sendForward(
  port: number,
  tag: string,
  records: readonly Record<string, string>[],
): Promise<void> {
  const time = Math.floor(Date.now() / 1_000)
  const bytes = Buffer.concat(
    records.map(record => Buffer.concat([Buffer.from([0x93]), text(tag), uint32(time), map(record)])),
  )
  return new Promise((sent, failed) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', failed)
    socket.end(bytes, sent)
  })
}

/** msgpack: str 32, uint 32 and fixmap, which is all that a record of texts needs. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([0xdb]), length(bytes.length), bytes])
}

const uint32 = (value: number) => Buffer.concat([Buffer.from([0xce]), length(value)])

function map(record: Record<string, string>): Buffer {
  const entries = Object.entries(record)
  return Buffer.concat([Buffer.from([0x80 | entries.length]), ...entries.flatMap(entry => entry.map(text))])
}

function length(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
