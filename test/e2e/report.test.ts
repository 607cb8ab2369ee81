/// <reference lib="dom" />
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderReport } from '#prove'
import { sampleResult } from '../../src/prove/report/sample.ts'
import { contrasts, luminance } from '../support/contrast.ts'
import { requireTool } from '../support/require-tool.ts'

const HOSTILE = '<script>document.title = "taken"</script><img src=x onerror=alert(1)>'
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']

let browser: Browser | undefined
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'petrel-report-'))
  writeFileSync(join(folder, 'held.html'), renderReport(sampleResult()))
  writeFileSync(
    join(folder, 'hostile.html'),
    renderReport(sampleResult({ verdict: 'did_not_hold', failures: [HOSTILE] })),
  )
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Opens a page as a careful reader would: scripts off. Notes everything that it asks for or complains about. */
async function open(file: string, view: { width: number; colorScheme: 'light' | 'dark'; scripts?: boolean }) {
  browser ??= await chromium.launch({ executablePath: await requireTool('chromium'), args: ARGS })
  const context = await browser.newContext({
    viewport: { width: view.width, height: 900 },
    colorScheme: view.colorScheme,
    javaScriptEnabled: view.scripts ?? false,
  })
  const page = await context.newPage()
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', request => asked.push(request.url()))
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  const url = pathToFileURL(join(folder, file)).href
  await page.goto(url)
  return { page, asked: asked.filter(other => other !== url), complaints, close: () => context.close() }
}

test('with scripts off it shows the verdict, both tables with their figures, and the charts', async () => {
  const { page, asked, complaints, close } = await open('held.html', { width: 1200, colorScheme: 'light' })
  await page.getByText('held', { exact: true }).first().waitFor()
  expect(await page.locator('table.before-after').count()).toBe(2)
  expect(await page.getByText('0 % (0 of 1454)').count()).toBe(2)
  expect(await page.locator('details').count()).toBe(8)
  expect(await page.locator('details[open] svg[role=img]').first().isVisible()).toBe(true)
  await page.locator('details:not([open]) summary').first().click()
  expect(await page.locator('details[open]').count()).toBe(3)
  expect(asked).toEqual([])
  expect(complaints).toEqual([])
  await close()
})

test('hostile text is shown as text, also with scripts on', async () => {
  const { page, asked, close } = await open('hostile.html', {
    width: 1200,
    colorScheme: 'light',
    scripts: true,
  })
  expect(await page.getByText('document.title = "taken"').count()).toBe(1)
  expect(await page.title()).toContain('did not hold')
  expect(asked).toEqual([])
  await close()
})

test('on a phone nothing but the tables scrolls sideways', async () => {
  const { page, close } = await open('held.html', { width: 390, colorScheme: 'light', scripts: true })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
  await close()
})

test.each(['light', 'dark'] as const)('in %s its text has a contrast of at least 4.5', async colorScheme => {
  const { page, close } = await open('held.html', { width: 1200, colorScheme, scripts: true })
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(luminance(background) > 0.5).toBe(colorScheme === 'light')
  expect(await contrasts(page)).toEqual([])
  await close()
})
