// examples/electron without Electron, which is not here: what the main process answers in Node, and the page in Chromium, with these answers in
// the place of preload.js.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'nonconvex-electron-'));
cpSync(join(root, 'examples/electron'), folder, { recursive: true });
mkdirSync(join(folder, 'node_modules'));
symlinkSync(root, join(folder, 'node_modules/nonconvex'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Handlers = Record<'train' | 'abort' | 'report', (problem?: object) => Promise<Record<string, unknown>>>;
const { solver } = createRequire(join(folder, 'main.js'))('./solver.js') as {
  solver: (send: (channel: string, message: object) => void) => { handlers: Handlers; end(): void };
};
const x = Array.from({ length: 500 }, (_, i) => Array.from({ length: 6 }, (_, j) => Math.sin(i * (j + 1.3) + j)));
const y = x.map((row) => ((row[0] as number) * (row[1] as number) > 0 ? 'same sign' : 'opposite'));

describe('the answers of the main process', () => {
  it('are a network that was trained, with progress on the way, and a page about it', async () => {
    const sent: object[] = [];
    const { handlers } = solver((_, message) => sent.push(message));
    expect(await handlers.report()).toBe(undefined);
    const training = handlers.train({ x, y, beta: 1 });
    await expect(handlers.train({ x, y, beta: 1 })).rejects.toThrow('a network is being trained');
    expect(await training).toMatchObject({ status: 'solved' });
    expect(sent.length).toBeGreaterThan(0);
    expect(await handlers.report()).toContain('Confusion matrix');
  });

  it('are the best network so far where the window ends it', async () => {
    const { handlers, end } = solver(() => end());
    expect(await handlers.train({ x, y, beta: 1e-6 })).toMatchObject({ status: 'aborted' });
  });
});

const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
describe.skipIf(!existsSync(program))('the page in Chromium', () => {
  it('trains, shows progress, and shows the report', async () => {
    const browser = await chromium.launch({
      executablePath: program,
      args: ['--no-sandbox', '--allow-file-access-from-files'],
    });
    const page = await browser.newPage();
    const printed: string[] = [];
    page.on('console', (message) => printed.push(message.text()));
    page.on('pageerror', (error) => printed.push(String(error)));
    const { handlers } = solver(
      (_, message) =>
        void page.evaluate((news) => (globalThis as never as { hear(news: object): void }).hear(news), message),
    );
    await page.exposeFunction('trainInMain', handlers.train);
    await page.exposeFunction('reportOfMain', handlers.report);
    await page.addInitScript(`window.solver = {
      train: (problem) => trainInMain(problem), report: () => reportOfMain(), abort: () => undefined,
      onProgress: (listener) => { globalThis.hear = listener; },
    };`);
    await page.goto(pathToFileURL(join(folder, 'index.html')).href);
    await page.click('#train');
    await page.locator('#said', { hasText: 'Accuracy' }).waitFor({ timeout: 60_000 });
    await page.frameLocator('#report').locator('text=Confusion matrix').waitFor();
    expect(printed).toEqual([]);
    await browser.close();
  });
});
