import type { GeneratedFile } from '#dashboards'
import { type CliCommand, toCommander } from '../commands/define.ts'
import { code, codeBlock, page } from './page.ts'

/** Columns of the help text, whatever the terminal. */
const WIDTH = 100

/** The help of every command, on one page. */
export function commandPage(commands: readonly CliCommand[]): GeneratedFile {
  return page(
    'commands.md',
    'Commands',
    commands.flatMap(command => [`## ${code(`petrel ${command.name}`)}`, codeBlock(helpOf(command))]),
  )
}

function helpOf(command: CliCommand): string {
  let help = ''
  const commander = toCommander(command).configureOutput({
    writeOut: text => {
      help += text
    },
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  })
  commander.name(`petrel ${command.name}`).outputHelp()
  return help
}
