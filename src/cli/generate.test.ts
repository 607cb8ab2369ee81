import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CLOSE_CODES } from '#catalog'
import { CLOSE } from '#protocol'
import { transcript } from './testing.ts'

async function generate(...argv: string[]) {
  const { code, out, err } = await transcript(['generate', ...argv])
  return { code, out: out + err }
}

test('what is committed is what the catalogue gives', async () => {
  expect(await generate('--check')).toEqual({ code: 0, out: 'every generated file is up to date\n' })
})

test('--check names each file that is different, missing or superfluous; without it they are settled', async () => {
  const root = mkdtempSync(join(tmpdir(), 'petrel-generate-'))
  try {
    expect((await generate('--root', root, '--check')).code).toBe(1)
    expect(existsSync(join(root, 'docs'))).toBe(false)
    expect((await generate('--root', root)).code).toBe(0)
    expect((await generate('--root', root, '--check')).code).toBe(0)

    appendFileSync(join(root, 'docs/reference/errors.md'), 'by hand\n')
    appendFileSync(join(root, '.env.example'), 'PETREL_PORT=1\n')
    rmSync(join(root, 'dashboards/out/rules/petrel.drill.yml'))
    writeFileSync(join(root, 'docs/reference/metrics/ws_gone.md'), 'a metric of the past\n')
    const { code, out } = await generate('--root', root, '--check')
    expect(code).toBe(1)
    expect(out).toContain('missing     dashboards/out/rules/petrel.drill.yml\n')
    expect(out).toContain('different   .env.example\n')
    expect(out).toContain('different   docs/reference/errors.md\n')
    expect(out).toContain('superfluous docs/reference/metrics/ws_gone.md\n')
    expect(out).toContain('hint: run petrel generate')

    const settled = await generate('--root', root)
    expect(settled.code).toBe(0)
    expect(settled.out).toContain('removed     docs/reference/metrics/ws_gone.md\n')
    expect((await generate('--root', root, '--check')).code).toBe(0)
    expect(existsSync(join(root, 'docs/reference/metrics/ws_gone.md'))).toBe(false)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

test('a project that is not there is not made', async () => {
  const { code, out } = await generate('--root', '/nowhere/at/all')
  expect(code).toBe(2)
  expect(out).toContain('--root "/nowhere/at/all" is no folder')
})

test('--settings writes tuned rules, boards and routes into a folder, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-tuned-'))
  try {
    const settings = join(folder, 'mine.yaml')
    writeFileSync(settings, 'objectives: { session: 0.999 }\n')
    const out = join(folder, 'out')
    const argv = ['--settings', settings, '--out', out]
    expect((await generate(...argv, '--check')).code).toBe(1)
    expect(existsSync(out)).toBe(false)
    expect((await generate(...argv)).code).toBe(0)
    expect(await generate(...argv, '--check')).toEqual({
      code: 0,
      out: 'every generated file is up to date\n',
    })
    const rules = readFileSync(join(out, 'rules/petrel.production.yml'), 'utf8')
    expect(rules).toContain('job:ws_session_errors:ratio_rate1h > 0.0144')
    expect(existsSync(join(out, 'docs'))).toBe(false)

    writeFileSync(settings, 'objectives: { session: 999 }\n')
    const wrong = await generate(...argv)
    expect(wrong.code).toBe(2)
    expect(wrong.out).toContain('objectives.session')
    expect((await generate('--settings', join(folder, 'gone.yaml'))).out).toContain('cannot read')
    expect((await generate('--out', out)).code).toBe(2)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the page of close codes leaves none out', () => {
  expect(CLOSE_CODES.map(({ code }) => code)).toEqual(Object.values(CLOSE))
})
