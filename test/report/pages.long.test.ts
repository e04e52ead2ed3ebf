// Pages about results in headless Chromium (Debian's package; CHROMIUM names another), light and dark: nothing is written to the console
// or loaded, every point is drawn where it can be seen, and texts are told from what is behind them.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report } from '../../src/report/index.js';
import { bounded, classifier, everySolver, regressions } from './results.js';

const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
const found = existsSync(program);
if (!found) console.log(`skipped: reports in a browser, as there is no ${program} (apt-get install chromium)`);

interface Seen {
  series: { name: string; said: number; drawn: number }[];
  /** Images that have no pixels. */
  empty: number;
  /** Texts of charts that are cut off at an edge. */
  cut: string[];
  /** The contrast of the text and its background, by the formula of WCAG 2. */
  contrast: number;
  background: string;
}

/** The function that runs in the page and gives a {@link Seen}. */
const look = readFileSync(join(import.meta.dirname, 'look.js'), 'utf8');

describe.skipIf(!found)('in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nonconvex-report-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['light', 'dark'] as const)('pages of every solver are whole, %s', async (colorScheme) => {
    const cases = [await classifier(), await bounded(), ...(await regressions()), ...(await everySolver())];
    const backgrounds = new Set<string>();
    for (const { name, result, options } of cases) {
      const file = join(folder, `${name}.html`);
      writeFileSync(file, report(result, options));
      const page = await browser.newPage({ colorScheme, viewport: { width: 1000, height: 900 } });
      const printed: string[] = [];
      const requested: string[] = [];
      page.on('console', (message) => printed.push(message.text()));
      page.on('pageerror', (error) => printed.push(String(error)));
      page.on('request', (request) => requested.push(request.url().slice(0, 40)));
      await page.goto(pathToFileURL(file).href);
      const seen = (await page.evaluate(look)) as Seen;
      expect(printed, name).toEqual([]);
      expect(
        requested.filter((url) => !url.startsWith('file:') && !url.startsWith('data:')),
        name,
      ).toEqual([]);
      for (const { name: series, said, drawn } of seen.series) expect(drawn, `${name}: ${series}`).toBe(said);
      expect(seen.empty, name).toBe(0);
      expect(seen.cut, name).toEqual([]);
      expect(seen.contrast, name).toBeGreaterThan(7);
      backgrounds.add(seen.background);
      await page.close();
    }
    expect([...backgrounds]).toEqual([colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(22, 25, 29)']);
  });

  it('says the numbers of a place on hovering', async () => {
    const { result, options } = await bounded();
    const file = join(folder, 'hover.html');
    writeFileSync(file, report(result, options));
    const page = await browser.newPage();
    await page.goto(pathToFileURL(file).href);
    const tip = page.locator('.tip').first();
    expect(await tip.isVisible()).toBe(false);
    await page.locator('.at rect').first().hover();
    expect(await tip.isVisible()).toBe(true);
    expect(await tip.locator('text').textContent()).toMatch(/^iteration 0: objective \S+/);
  });
});
