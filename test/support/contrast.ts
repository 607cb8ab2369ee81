/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Texts whose contrast against the nearest background is under 4.5, as "text: ratio". */
export async function contrasts(page: Page): Promise<string[]> {
  const pairs = await page.evaluate(() => {
    const seen: { text: string; ink: string; paper: string }[] = []
    for (const element of document.querySelectorAll(
      'p, td, th, h1, h2, h3, li, summary, span, figcaption, text, footer, label, button, select, a',
    )) {
      const style = getComputedStyle(element)
      let under: Element | null = element
      let paper = 'rgba(0, 0, 0, 0)'
      while (under && /, 0\)$/.test(paper)) {
        paper = getComputedStyle(under).backgroundColor
        under = under.parentElement
      }
      const ink = element instanceof SVGElement ? style.fill : style.color
      seen.push({ text: element.textContent?.trim().slice(0, 30) ?? '', ink, paper })
    }
    return seen
  })
  expect(pairs.length).toBeGreaterThan(30)
  return pairs.flatMap(({ text, ink, paper }) => {
    const [bright = 0, dark = 0] = [luminance(ink), luminance(paper)].toSorted((a, b) => b - a)
    const ratio = (bright + 0.05) / (dark + 0.05)
    return ratio < 4.5 ? [`${text}: ${ratio.toFixed(2)}`] : []
  })
}

/** WCAG 2's relative luminance of `rgb(r, g, b)`. */
export function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number).map(channel => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
