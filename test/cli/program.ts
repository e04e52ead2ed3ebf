// The command line program in a folder of its own: as built, in a process of its own, or in the process of the test, which
// saves the third of a second that Node needs to start.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import { patience } from '../patience.js';

export const program = join(import.meta.dirname, '../../dist/cli.js');

export interface Ended {
  code: number | null;
  signal: string | null;
  output: string;
  errors: string;
}

export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'nonconvex-cli-'));

  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, text: string | Uint8Array): void {
    writeFileSync(this.file(name), text);
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  start(args: readonly string[], env: Record<string, string> = {}, output: 'pipe' | number = 'pipe'): ChildProcess {
    const { nonconvex_options: _, ...rest } = process.env;
    return spawn(process.execPath, [program, ...args], {
      cwd: this.path,
      env: { ...rest, ...env },
      stdio: ['ignore', output, 'pipe'],
      timeout: patience,
    });
  }

  /** The program as built. */
  spawn(args: readonly string[]): Promise<Ended> {
    return ended(this.start(args));
  }

  /** The output and the exit status of the program, run in this process. */
  async run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    let [output, errors] = ['', ''];
    vi.stubEnv('nonconvex_options', undefined);
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const spies = [
      vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
        output += text;
        return true;
      }),
      vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
        errors += text;
        return true;
      }),
      vi.spyOn(console, 'error').mockImplementation((text) => {
        errors += `${text}\n`;
      }),
    ];
    const before = process.cwd();
    process.chdir(this.path);
    try {
      const code = await main([...args], new AbortController().signal);
      return { code, signal: null, output, errors };
    } finally {
      process.chdir(before);
      for (const spy of spies) spy.mockRestore();
      vi.unstubAllEnvs();
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export function ended(child: ChildProcess): Promise<Ended> {
  let output = '';
  let errors = '';
  child.stdout?.on('data', (text) => {
    output += text;
  });
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, output, errors }));
  });
}

/** Sends SIGINT when the first iterations have been printed. */
export function interruptOnceLogged(child: ChildProcess): void {
  let output = '';
  let sent = false;
  child.stdout?.on('data', (text) => {
    output += text;
    if (sent || !/^ +[1-9]\d* /m.test(output)) return;
    sent = true;
    child.kill('SIGINT');
  });
}
