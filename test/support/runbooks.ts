/** What stands in the code blocks of one language on a page. */
function blocksOf(page: string, language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  )
}

/** The Petrel commands of a runbook, as words. */
export const commandsOf = (page: string): string[][] =>
  blocksOf(page, 'sh')
    .flatMap(block => block.split('\n'))
    .filter(line => line.startsWith('./petrel '))
    .map(line => line.split(' ').slice(1))
