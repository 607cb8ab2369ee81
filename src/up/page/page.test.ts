import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { PAGE_POLICY, renderLive, renderPage } from './page.ts'
import { sampleState } from './sample.ts'

const HOSTILE = '<script>alert(1)</script>'

test('it shows what fires, what is over, the promises and the storm', () => {
  const page = renderPage(sampleState())
  expect(page).toContain('<title>Petrel: 1 firing, WsWrongPathStorm</title>')
  expect(page).toContain('one alert fires: WsWrongPathStorm')
  expect(page).toContain('for 25 s')
  expect(page).toContain('after 10 s')
  expect(page).toContain('docs/runbooks/WsWrongPathStorm.md')
  expect(page).toMatch(/data-sli="handshake".*\n<td class="did_not_hold">9.52 %/)
  expect(page).toContain('none: spent 169 times')
  expect(page).toMatch(/data-sli="recovery".*\n<td class="soft">none yet/)
  expect(page).toContain('Storm <strong>wrong-path</strong> blows.')
  expect(page).toContain('class="fault"')
})

test('before anything is measured it says so, and shades nothing', () => {
  const live = renderLive(sampleState({ figures: null, storm: null, alerts: [] })).text
  expect(live).toContain('all quiet')
  expect(live).toContain('Nothing has been measured yet.')
  expect(live).toContain('No alert has fired yet.')
  expect(live).not.toContain('class="fault"')
})

test('a storm that is out of sight shades nothing', () => {
  const { span } = sampleState()
  const storm = { name: 'wrong-path', from: span.from - 9_000, to: span.from - 1_000, isBlowing: false }
  const live = renderLive(sampleState({ storm })).text
  expect(live).toContain('The last storm was wrong-path.')
  expect(live).not.toContain('class="fault"')
})

test('what comes from outside is text: labels, log lines, errors, URLs', () => {
  const [alert] = sampleState().alerts
  const page = renderPage(
    sampleState({
      alerts: alert ? [{ ...alert, alert: HOSTILE }] : [],
      problem: HOSTILE,
      errorLines: [`{"msg":"${HOSTILE}"}`, '\u001b[31m\u202e'],
      parts: [{ name: 'server', url: `http://x/"${HOSTILE}` }],
    }),
  )
  expect(page.split(HOSTILE)).toHaveLength(1)
  expect(page.match(/<script>/g)).toHaveLength(1)
  expect(page).not.toContain('\u001b')
  expect(page).not.toContain('\u202e')
})

test('the one script that may run is the one that it has', () => {
  const script = /<script>([\s\S]*?)<\/script>/.exec(renderPage(sampleState()))?.[1] ?? ''
  const hash = createHash('sha256').update(script).digest('base64')
  expect(PAGE_POLICY).toContain(`script-src 'sha256-${hash}'`)
  expect(PAGE_POLICY).toContain("default-src 'none'")
})
