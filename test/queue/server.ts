// A server of Redis or Valkey of the machine on a free port of the loopback, and workers as processes of their own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { patience } from '../patience.js';

const repository = join(import.meta.dirname, '../..');

/** The program of the server that is installed. */
export const serverProgram = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);
if (!serverProgram) console.log('not run: tests of queues, as neither redis-server nor valkey-server is installed');

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Returns true if something answers at a port. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(said.startsWith('+PONG')));
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (text) => {
      said += text;
      socket.end();
    });
  });
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until something is so. */
export async function until(test: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + patience;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`never so: ${what}`);
    await pause(10);
  }
}

export class Server {
  readonly #folder = mkdtempSync(join(tmpdir(), 'nonconvex-redis-'));
  #port = 0;
  #child: ChildProcess | undefined;

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  get pid(): number {
    return this.#child?.pid as number;
  }

  /** Starts it, or starts it again with the data that it had. */
  async start(): Promise<void> {
    this.#port ||= await freePort();
    const options = { port: this.#port, bind: '127.0.0.1', dir: this.#folder, appendonly: 'yes', save: '' };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#child = spawn(serverProgram as string, args, { stdio: 'ignore' });
    await until(() => answers(this.#port), 'the server answers');
  }

  /** Ends it at once, as a loss of power does; the disk has what was written. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child?.once('exit', resolve));
    this.#child?.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** `nonconvex worker` as built, in a process of its own. */
export class WorkerProcess {
  readonly child: ChildProcess;
  output = '';
  errors = '';

  constructor(url: string, args: readonly string[] = [], root = repository) {
    this.child = spawn(process.execPath, [join(root, 'dist/cli.js'), 'worker', '--redis', url, ...args], {
      // Where bullmq and ioredis are found, as in the project of a user.
      cwd: root,
      env: { ...process.env, NONCONVEX_THREADS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (text) => {
      this.output += text;
    });
    this.child.stderr?.on('data', (text) => {
      this.errors += text;
    });
  }

  ready(): Promise<void> {
    return until(() => {
      if (this.child.exitCode !== null) throw new Error(`the worker ended: ${this.errors}`);
      return this.output.includes('is ready');
    }, 'the worker is ready');
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Sends a signal; gives the exit status, or the signal's name. */
  end(signal: NodeJS.Signals): Promise<number | string> {
    return new Promise((resolve) => {
      this.child.once('exit', (code, name) => resolve(code ?? (name as string)));
      this.child.kill(signal);
    });
  }
}
