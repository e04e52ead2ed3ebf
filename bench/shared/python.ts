// A Python program of bench/ that answers a line of JSON with a line of JSON. One process for all questions, one thread
// unless it is to choose.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './native.js';

type Answer = Record<string, unknown>;

export class Python {
  /** The first line, which it prints unasked. */
  readonly greeting: Answer;
  readonly #script: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    script: string,
    child: ChildProcessWithoutNullStreams,
    lines: AsyncIterator<string>,
    first: string,
  ) {
    this.#script = script;
    this.#child = child;
    this.#lines = lines;
    this.greeting = JSON.parse(first) as Answer;
  }

  /** Starts the first of the interpreters that has what the script imports; undefined where none has. */
  static async start(
    script: string,
    interpreters = ['/usr/bin/python3', 'python3'],
    threads: NodeJS.ProcessEnv = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
  ): Promise<Python | undefined> {
    const env = { ...process.env, ...threads };
    for (const command of interpreters) {
      const child = spawn(command, ['-W', 'ignore', join(root, script)], { env });
      let complaint = '';
      child.on('error', ({ message }) => {
        complaint = message;
      });
      child.stderr.on('data', (text) => {
        complaint = `${complaint}${text}`;
      });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const first = await lines.next();
      if (!first.done) return new Python(script, child, lines, first.value);
      console.error(`  ${command} ${script}: ${complaint.trim().split('\n').at(-1)}`);
    }
    return undefined;
  }

  async ask(question: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = await this.#lines.next();
    if (answer.done) throw new Error(`${this.#script} ended early`);
    return JSON.parse(answer.value) as Answer;
  }

  end(): void {
    this.#child.stdin.end();
  }
}
