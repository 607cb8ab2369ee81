/// <reference lib="dom" />
import { type Browser, chromium } from 'playwright-core'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { sampleState } from '../../src/up/page/sample.ts'
import { type PageServer, servePage } from '../../src/up/page/server.ts'
import type { UpState } from '../../src/up/page/state.ts'
import { contrasts, luminance } from '../support/contrast.ts'
import { requireTool } from '../support/require-tool.ts'

const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title = "taken"</script>'
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']

let browser: Browser | undefined
let server: PageServer
let state: UpState
let started: string[]

beforeEach(async () => {
  state = sampleState()
  started = []
  const startStorm = async (name: string) => void started.push(name)
  server = await servePage({ port: 0, state: async () => state, startStorm, endStorm: async () => {} })
})
afterEach(() => server[Symbol.asyncDispose]())
afterAll(() => browser?.close())

/** Opens the page; notes what it asks others for, and what it complains about. */
async function open(view: { width?: number; colorScheme?: 'light' | 'dark'; scripts?: boolean } = {}) {
  browser ??= await chromium.launch({ executablePath: await requireTool('chromium'), args: ARGS })
  const context = await browser.newContext({
    viewport: { width: view.width ?? 1200, height: 900 },
    colorScheme: view.colorScheme ?? 'light',
    javaScriptEnabled: view.scripts ?? true,
  })
  const page = await context.newPage()
  const foreign: string[] = []
  const complaints: string[] = []
  page.on('request', request => {
    if (!request.url().startsWith(server.url)) foreign.push(request.url())
  })
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  await page.goto(server.url, { waitUntil: 'domcontentloaded' })
  return { page, foreign, complaints, close: () => context.close() }
}

test('it changes in place: an alert fires, then resolves, and the title says it', async () => {
  state = sampleState({ alerts: [] })
  const { page, foreign, complaints, close } = await open()
  await page.getByText('all quiet').waitFor()
  await page.selectOption('select', 'flapping-client')
  state = sampleState()
  server.changed()
  await page.getByText('one alert fires: WsWrongPathStorm').waitFor()
  expect(await page.title()).toBe('Petrel: 1 firing, WsWrongPathStorm')
  expect(await page.locator('figure svg[role=img]').first().isVisible()).toBe(true)
  // What a person has chosen meanwhile stays.
  expect(await page.locator('select').inputValue()).toBe('flapping-client')
  state = sampleState({ alerts: [] })
  server.changed()
  await page.getByText('all quiet').waitFor()
  expect(foreign).toEqual([])
  // The favicon is all that a browser may have asked for in vain.
  expect(complaints.filter(text => !text.includes('404'))).toEqual([])
  await close()
})

test('its button starts a storm, with scripts and without', async () => {
  for (const scripts of [true, false]) {
    const { page, close } = await open({ scripts })
    await page.selectOption('select', 'mass-drop')
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByText('Petrel is up').waitFor()
    await close()
  }
  expect(started).toEqual(['mass-drop', 'mass-drop'])
})

test('without scripts it shows the same and loads itself again', async () => {
  const { page, close } = await open({ scripts: false })
  await page.getByText('one alert fires').waitFor()
  state = sampleState({ alerts: [] })
  await page.getByText('all quiet').waitFor({ timeout: 15_000 })
  await close()
})

test('hostile text stays text, at first sight and when it comes later', async () => {
  state = sampleState({ problem: HOSTILE, errorLines: [HOSTILE] })
  const { page, close } = await open()
  expect(await page.getByText('document.title = "taken"').count()).toBe(2)
  const [alert] = state.alerts
  state = sampleState({ alerts: alert ? [{ ...alert, summary: HOSTILE }] : [] })
  server.changed()
  await page.locator('td, th').getByText('document.title = "taken"').waitFor()
  expect(await page.title()).toBe('Petrel: 1 firing, WsWrongPathStorm')
  expect(await page.locator('#live img, #live script').count()).toBe(0)
  await close()
})

test('when nothing answers any more it says so', async () => {
  const { page, close } = await open()
  expect(await page.locator('#gone').isVisible()).toBe(false)
  await server[Symbol.asyncDispose]()
  await page.locator('#gone').waitFor({ state: 'visible' })
  await close()
  server = await servePage({
    port: 0,
    state: async () => state,
    startStorm: async () => {},
    endStorm: async () => {},
  })
})

test('on a phone nothing but the tables scrolls sideways', async () => {
  const { page, close } = await open({ width: 390 })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
  await close()
})

test.each(['light', 'dark'] as const)('in %s its text has a contrast of at least 4.5', async colorScheme => {
  const { page, close } = await open({ colorScheme })
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(luminance(background) > 0.5).toBe(colorScheme === 'light')
  expect(await contrasts(page)).toEqual([])
  await close()
})
