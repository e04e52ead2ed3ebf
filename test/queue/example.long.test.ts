// examples/queue: a producer, a worker, and the page in Chromium.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../patience.js';
import { Server, serverProgram, until, WorkerProcess } from './server.js';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'nonconvex-queue-example-'));
cpSync(join(root, 'examples/queue'), folder, { recursive: true });
mkdirSync(join(folder, 'node_modules'));
symlinkSync(root, join(folder, 'node_modules/nonconvex'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = process.env.CHROMIUM ?? '/usr/bin/chromium';

describe.skipIf(!serverProgram)('the example', () => {
  const server = new Server();
  const children: ChildProcess[] = [];
  let worker: WorkerProcess;
  beforeAll(async () => {
    await server.start();
    worker = new WorkerProcess(server.url, ['--module', join(folder, 'kinds.js'), '--lock-seconds', '2']);
    children.push(worker.child);
    await worker.ready();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server.remove();
  });

  /** A program of the example, and what it has printed. */
  const start = (args: readonly string[]): { child: ChildProcess; printed: () => string } => {
    const env = { ...process.env, REDIS: server.url, PORT: '0', HOST: '127.0.0.1' };
    const child = spawn(process.execPath, args, { cwd: folder, env });
    children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (some) => {
        text += some;
      });
    return { child, printed: () => text };
  };

  it('produces jobs and gets their answers', async () => {
    const { child, printed } = start(['producer.js', '9']);
    await new Promise((resolve) => child.on('exit', resolve));
    expect(printed()).toBe('9 answers, 9 solved\n');
  });

  it.skipIf(!existsSync(program))('shows the queue at work', async () => {
    const { child, printed } = start(['page.js']);
    await until(() => printed().includes('listening on'), 'the page is there');
    const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto(/http:\S+/.exec(printed())?.[0] as string);
    for (const kind of ['portfolio', 'regression', 'network', 'broken']) await page.click(`[data-add="${kind}"]`);
    await page.waitForSelector('tr[data-state="failed"] button');
    await page.waitForSelector('tr[data-state="running"]');
    await page.waitForFunction(`document.querySelectorAll('tr[data-state="solved"]').length > 19`);
    if (process.env.SCREENSHOT) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${process.env.SCREENSHOT}-${colorScheme}.png`, fullPage: true });
      }
    }
    await page.click('#jobs tr[data-state="waiting"] button, #jobs tr[data-state="running"] button');
    await page.waitForSelector('tr[data-state="removed"], tr[data-state="aborted"]');
    await page.waitForFunction(`document.querySelectorAll('#jobs tr[data-state="solved"]').length > 28`);
    expect(said).toEqual([]);
    await browser.close();
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
