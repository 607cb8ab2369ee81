import { CLOSE_CODES, ERROR_CODES } from '#catalog'
import type { GeneratedFile } from '#dashboards'
import { type CloseVerdict, closeCodeClass, closeVerdict } from '#protocol'
import { code, linkTo, page, table } from './page.ts'

const WHAT_TO_DO: Readonly<Record<CloseVerdict, string>> = {
  ended: 'nothing: it is over',
  come_back: 'come back, by the reconnect rules',
  stay_away: 'stay away: it would end the same way',
}

/** Close codes that the server sends, and error codes of the command line. */
export function codePages(): GeneratedFile[] {
  return [
    page('close-codes.md', 'Close codes', [
      `What the reference server closes with. The number alone tells the client what to do; ${linkTo('PROTOCOL.md', 'close-codes.md', 'PROTOCOL.md')} has the rules.`,
      table([
        ['code', 'why', 'the client', '`code_class`'],
        ...CLOSE_CODES.map(({ code: number, meaning }) => [
          String(number),
          meaning,
          WHAT_TO_DO[closeVerdict(number)],
          code(closeCodeClass(number)),
        ]),
      ]),
    ]),
    page('errors.md', 'Errors of the command line', [
      'Each message ends with its code in brackets and a hint in the next line.',
      table([
        ['code', 'exit code', 'meaning'],
        ...Object.entries(ERROR_CODES).map(([name, { exit, meaning }]) => [
          code(name),
          String(exit),
          meaning,
        ]),
      ]),
    ]),
  ]
}
