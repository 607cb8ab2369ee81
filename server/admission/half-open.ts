import type { Socket } from 'node:net'
import { type Instruments, METRICS } from '#instrument'
import type { RefusalLog } from './refusal-log.ts'

const NOT_WHOLE = Buffer.from('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
const TOO_LARGE = Buffer.from('HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n')
const NO_HTTP = Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')

/** Ends requests that Node's parser gave up: those that never became whole in time, and what is no HTTP. */
export function clientErrors(instruments: Instruments, log: RefusalLog) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
      instruments.add(METRICS.wsAdmissionRefusalsTotal, { reason: 'half_open' })
      log.refused('half_open', () => ({
        peer: socket.remoteAddress,
        text: 'the request was not whole in time',
      }))
    }
    if (!socket.writable) return void socket.destroy()
    socket.end(answerTo(error.code), () => socket.destroy())
  }
}

function answerTo(code: string | undefined): Buffer {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return NOT_WHOLE
  return code === 'HPE_HEADER_OVERFLOW' ? TOO_LARGE : NO_HTTP
}
