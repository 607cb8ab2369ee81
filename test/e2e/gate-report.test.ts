/// <reference lib="dom" />
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gateReport, junitXml } from '#gate'
import { sampleCheck, sampleGate } from '../../src/gate/sample.ts'
import { requireTool } from '../support/require-tool.ts'

const HOSTILE = `</script></title><script>document.title = "taken"</script><img src=x onerror=alert(1)> ]]> & \ufffe \u0000`
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']

let browser: Browser
let folder: string
let hostileXml: string
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await requireTool('chromium'), args: ARGS })
  folder = mkdtempSync(join(tmpdir(), 'petrel-gate-report-'))
  const hostile = sampleGate(
    { target: HOSTILE, suite: HOSTILE, leftOut: [HOSTILE] },
    {
      scenario: HOSTILE,
      problems: [HOSTILE],
      checks: [sampleCheck({ id: HOSTILE, title: HOSTILE, note: HOSTILE })],
      charts: [
        { title: HOSTILE, unit: HOSTILE, series: [{ name: HOSTILE, unit: HOSTILE, points: [[1, 1]] }] },
      ],
    },
  )
  writeFileSync(join(folder, 'gate.html'), gateReport(sampleGate()))
  writeFileSync(join(folder, 'hostile.html'), gateReport(hostile))
  hostileXml = junitXml(hostile)
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(file: string, options: { scripts: boolean; width?: number }) {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1200, height: 900 },
    javaScriptEnabled: options.scripts,
  })
  const page = await context.newPage()
  const url = pathToFileURL(join(folder, file)).href
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', request => request.url() !== url && asked.push(request.url()))
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  await page.goto(url)
  return { page, asked, complaints }
}

test('with scripts off the whole report is there: verdict, phases, checks, charts', async () => {
  const { page, asked, complaints } = await open('gate.html', { scripts: false })
  expect(await page.locator('.verdict').textContent()).toBe('did not hold')
  expect(await page.locator('table.phases tbody tr').count()).toBeGreaterThanOrEqual(3)
  expect(await page.locator('table.checks tbody tr').count()).toBe(5)
  expect(await page.getByText('clients 152, server 90').isVisible()).toBe(true)
  expect(await page.locator('#search').isVisible()).toBe(false)
  await page.getByText('Over time').click()
  expect(await page.locator('figcaption strong').allTextContents()).toEqual([
    'Handshakes',
    'Sessions',
    'Sockets',
    'Frames',
    'Closes by code',
    'Time of a handshake',
    'Time to the first useful frame',
    'Recovery: lost streams that are back',
  ])
  // Both ends are drawn, and told in words for those who see no picture.
  const handshakes = page.locator('figure', { hasText: 'Handshakes' })
  expect(await handshakes.locator('svg[role=img]').isVisible()).toBe(true)
  const desc = await handshakes.locator('desc').textContent()
  expect(desc).toMatch(/accepted \(clients\): from 6\.0 to 6\.0 per second.*accepted \(server\)/)
  for (const path of await page.locator('svg[role=img] path.series').all())
    expect(await path.getAttribute('d')).toMatch(/^M[\d.,]+L/)
  expect({ asked, complaints }).toEqual({ asked: [], complaints: [] })
})

test('with scripts on a check is found by any of its words', async () => {
  const { page, complaints } = await open('gate.html', { scripts: true })
  await page.locator('#search input').fill('handshakes-accepted')
  expect(await page.locator('table.checks tbody tr:visible').count()).toBe(1)
  await page.locator('#search input').fill('')
  expect(await page.locator('table.checks tbody tr:visible').count()).toBe(5)
  expect(complaints).toEqual([])
})

test('hostile text is shown as text, also with scripts on', async () => {
  const { page, asked } = await open('hostile.html', { scripts: true })
  expect(await page.title()).toBe('Petrel gate: did not hold')
  expect(await page.locator('img').count()).toBe(0)
  expect(await page.locator('script').count()).toBe(1)
  expect(asked).toEqual([])
})

test('on a phone nothing but the tables scrolls sideways', async () => {
  const { page } = await open('gate.html', { scripts: true, width: 390 })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
})

test('the JUnit file is XML to a strict parser, whatever is in it', async () => {
  const { page } = await open('gate.html', { scripts: true })
  const parsed = await page.evaluate(text => {
    const { documentElement: root } = new DOMParser().parseFromString(text, 'application/xml')
    return {
      root: root.nodeName,
      errors: root.querySelectorAll('parsererror').length,
      cases: root.querySelectorAll('testcase').length,
    }
  }, hostileXml)
  expect(parsed).toEqual({ root: 'testsuites', errors: 0, cases: 2 })
})
