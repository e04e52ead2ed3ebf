// The playground of the documentation in Chromium: every example is solved there, by WebAssembly, and shown.
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../patience.js';

const root = join(import.meta.dirname, '../..');
const folders = ['docs/site/playground', 'packages/wasm'].map((folder) => join(root, folder));
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
const built = existsSync(join(root, 'packages/wasm/nonconvex.wasm'));

describe.skipIf(!existsSync(program) || !built)('the playground', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
      const file = folders.map((folder) => join(folder, name)).find(existsSync);
      if (!file) return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': types[extname(name)] ?? 'text/plain' });
      createReadStream(file).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  it('solves every example, shows its charts, and ends what is stopped', async () => {
    const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    const printed: string[] = [];
    page.on('console', (message) => printed.push(message.text()));
    page.on('pageerror', (error) => printed.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForSelector('#run:enabled');
    const names = await page.locator('#example option').allTextContents();
    expect(names.length).toBeGreaterThanOrEqual(4);
    for (const name of names) {
      await page.selectOption('#example', name);
      await page.click('#run');
      await page.waitForSelector('#run:enabled');
      const said = await page.textContent('#output');
      expect([name, await page.textContent('#state'), said]).toEqual([
        name,
        expect.stringMatching(/^ended after/),
        said,
      ]);
      expect(said?.length).toBeGreaterThan(20);
      await page.frameLocator('#report').locator('svg').first().waitFor();
    }
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT, fullPage: true });
    await page.fill('#code', 'for (;;) {}');
    await page.click('#run');
    await page.click('#stop');
    await page.waitForSelector('#run:enabled');
    expect(printed.filter((text) => !text.includes('favicon') && !text.includes('404'))).toEqual([]);
    await browser.close();
  });
});
