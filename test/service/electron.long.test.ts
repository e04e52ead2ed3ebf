// examples/electron without Electron, which is not here: main.js and preload.js in Node with a stand-in for what they take of Electron, which
// copies messages as Electron does, and the page in Chromium.
import type { EventEmitter } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { patience } from '../patience.js';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'nonconvex-electron-'));
cpSync(join(root, 'examples/electron'), folder, { recursive: true });
mkdirSync(join(folder, 'node_modules'));
symlinkSync(root, join(folder, 'node_modules/nonconvex'));
mkdirSync(join(folder, 'node_modules/electron'));
writeFileSync(
  join(folder, 'node_modules/electron/index.js'),
  `
  const { EventEmitter } = require('node:events');
  const windows = [], handlers = new Map(), renderer = new EventEmitter();
  class BrowserWindow extends EventEmitter {
    constructor(options) {
      super();
      this.options = options;
      this.webContents = Object.assign(new EventEmitter(), {
        isDestroyed: () => !windows.includes(this),
        send: (channel, message) => renderer.emit(channel, {}, structuredClone(message)),
        setWindowOpenHandler: (handler) => { this.opens = handler; },
      });
      windows.push(this);
    }
    static getAllWindows() { return windows; }
    loadFile(file) { this.file = file; return Promise.resolve(); }
    close() { windows.splice(windows.indexOf(this), 1); this.emit('closed'); }
  }
  const ipcMain = {
    handle(name, handler) {
      if (handlers.has(name)) throw new Error('a second handler for ' + name);
      handlers.set(name, handler);
    },
    removeHandler: (name) => handlers.delete(name),
  };
  const invokeFrom = async (sender, name, given) => {
    if (!handlers.has(name)) throw new Error('no handler for ' + name);
    return structuredClone(await handlers.get(name)({ sender }, ...structuredClone(given)));
  };
  const ipcRenderer = {
    invoke: (name, ...given) => invokeFrom(windows[0].webContents, name, given),
    on: (channel, listener) => renderer.on(channel, listener),
  };
  const exposed = {};
  const contextBridge = { exposeInMainWorld: (name, functions) => { exposed[name] = functions; } };
  const app = Object.assign(new EventEmitter(), { whenReady: () => Promise.resolve(), quit: () => { app.ended = true; } });
  module.exports = { app, BrowserWindow, ipcMain, ipcRenderer, contextBridge, exposed, invokeFrom };
`,
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Page {
  train(problem: object): Promise<Record<string, unknown>>;
  report(): Promise<string | undefined>;
  abort(): Promise<void>;
  onProgress(listener: (progress: object) => void): void;
}
interface Window {
  options: { webPreferences: object };
  file: string;
  close(): void;
  opens(): object;
}
interface Electron {
  app: EventEmitter & { ended?: boolean };
  BrowserWindow: { getAllWindows(): Window[] };
  exposed: { solver: Page };
  invokeFrom(sender: object, name: string, given: unknown[]): Promise<unknown>;
}
const load = createRequire(join(folder, 'main.js'));
const electron = load('electron') as Electron;
load('./preload.js');
load('./main.js');
const solver = electron.exposed.solver;
const window = () => electron.BrowserWindow.getAllWindows()[0] as Window;
const x = Array.from({ length: 500 }, (_, i) => Array.from({ length: 6 }, (_, j) => Math.sin(i * (j + 1.3) + j)));
const y = x.map((row) => ((row[0] as number) * (row[1] as number) > 0 ? 'same sign' : 'opposite'));

describe('the main process, asked by the preload script', () => {
  it('opens one page that has no Node and goes nowhere else', async () => {
    await vi.waitFor(() => expect(window().file).toBe('index.html'));
    const { contextIsolation, sandbox, nodeIntegration } = window().options.webPreferences as Record<string, boolean>;
    expect({ contextIsolation, sandbox, nodeIntegration }).toEqual({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
    });
    expect(window().opens()).toEqual({ action: 'deny' });
  });

  it('trains a network, with progress on the way, and makes a page about it', async () => {
    const heard: object[] = [];
    solver.onProgress((progress) => heard.push(progress));
    expect(await solver.report()).toBe(undefined);
    const training = solver.train({ x, y, lambda: 1 });
    await expect(solver.train({ x, y, lambda: 1 })).rejects.toThrow('a network is being trained');
    expect(await training).toMatchObject({ status: 'solved' });
    expect(heard.length).toBeGreaterThan(0);
    expect(await solver.report()).toContain('Confusion matrix');
  });

  it('answers its own window alone', async () => {
    await expect(electron.invokeFrom({}, 'report', [])).rejects.toThrow('not asked by the window');
  });

  it('aborts where the page asks for it', async () => {
    const training = solver.train({ x, y, lambda: 1e-6 });
    await solver.abort();
    expect(await training).toMatchObject({ status: 'aborted' });
  });

  it('ends the solve of a window that is closed, and serves the next window', async () => {
    const training = solver.train({ x, y, lambda: 1e-6 });
    window().close();
    expect(await training).toMatchObject({ status: 'aborted' });
    electron.app.emit('activate');
    expect(await solver.train({ x, y, lambda: 1 })).toMatchObject({ status: 'solved' });
    electron.app.emit('window-all-closed');
    expect(electron.app.ended).toBe(process.platform !== 'darwin' || undefined);
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
    page.setDefaultTimeout(patience);
    const printed: string[] = [];
    page.on('console', (message) => printed.push(message.text()));
    page.on('pageerror', (error) => printed.push(String(error)));
    solver.onProgress(
      (message) =>
        void page.evaluate((news) => (globalThis as never as { hear(news: object): void }).hear(news), message),
    );
    await page.exposeFunction('trainInMain', solver.train);
    await page.exposeFunction('reportOfMain', solver.report);
    await page.addInitScript(`window.solver = {
      train: (problem) => trainInMain(problem), report: () => reportOfMain(), abort: () => undefined,
      onProgress: (listener) => { globalThis.hear = listener; },
    };`);
    await page.goto(pathToFileURL(join(folder, 'index.html')).href);
    await page.click('#train');
    await page.locator('#said', { hasText: 'Accuracy' }).waitFor();
    await page.frameLocator('#report').locator('text=Confusion matrix').waitFor();
    expect(printed).toEqual([]);
    await browser.close();
  });
});
