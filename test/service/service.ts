// examples/service as a program of its own: copied into a folder where its packages are those of this repository.
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { patience } from '../patience.js';

const root = join(import.meta.dirname, '../..');

/** Megabytes resident; milliseconds between ticks of a timer of 1 ms, and the same without what the thread waited for a processor. */
export interface Measured {
  resident: number;
  loop: { p50: number; p99: number; max: number };
  own: { p99: number; max: number };
}

export class Service {
  readonly folder = mkdtempSync(join(tmpdir(), 'nonconvex-service-'));
  address = '';
  #child: ChildProcess | undefined;
  errors = '';

  constructor() {
    cpSync(join(root, 'examples/service'), this.folder, { recursive: true });
    mkdirSync(join(this.folder, 'node_modules'));
    symlinkSync(root, join(this.folder, 'node_modules/nonconvex'));
    for (const name of ['fastify', 'prom-client']) {
      symlinkSync(join(root, 'node_modules', name), join(this.folder, 'node_modules', name));
    }
  }

  /** Starts the program. With `watched`, `measured` can be asked for. */
  async start(env: Record<string, string> = {}, { watched = false } = {}): Promise<void> {
    const watching = watched ? ['--import', pathToFileURL(join(import.meta.dirname, 'watch.mjs')).href] : [];
    const child = spawn(process.execPath, [...watching, 'start.js'], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe', ...(watched ? (['ipc'] as const) : [])],
      env: { ...process.env, PORT: '0', HOST: '127.0.0.1', LOG: 'off', ...env },
    }) as ChildProcessWithoutNullStreams;
    this.#child = child;
    child.stderr.on('data', (text) => {
      this.errors += text;
    });
    this.address = await new Promise((resolve, reject) => {
      let output = '';
      child.stdout.on('data', (text) => {
        output += text;
        const found = /listening on (\S+)/.exec(output)?.[1];
        if (found) resolve(found);
      });
      child.on('exit', () => reject(new Error(`the service ended: ${this.errors}`)));
    });
  }

  get pid(): number {
    return this.#child?.pid as number;
  }

  /** The measurements of the process since it was asked last, where it is watched. */
  async measured(): Promise<Measured> {
    const child = this.#child as ChildProcess;
    const answer = once(child, 'message');
    child.send('measure');
    return (await answer)[0] as Measured;
  }

  /** Sends a signal, and gives the exit status of the service. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    return new Promise((resolve) => {
      this.#child?.once('exit', resolve);
      this.#child?.kill(signal);
    });
  }

  remove(): void {
    this.#child?.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  post(
    kind: string,
    body: unknown,
    more: { signal?: AbortSignal; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return fetch(`${this.address}/solves/${kind}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...more.headers },
      ...(more.signal && { signal: more.signal }),
    });
  }

  async json<T>(path: string, init?: RequestInit): Promise<T> {
    return (await fetch(`${this.address}${path}`, init)).json() as Promise<T>;
  }

  /** The value of a metric. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.address}/metrics`)).text();
    const escaped = name.replace(/[{}"]/g, '\\$&');
    return Number(new RegExp(`^${escaped} (\\S+)$`, 'm').exec(text)?.[1]);
  }
}

/** Waits until something is so. */
export async function until(test: () => Promise<boolean>, what: string): Promise<void> {
  for (const begin = performance.now(); performance.now() - begin < patience; ) {
    if (await test()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never so: ${what}`);
}
