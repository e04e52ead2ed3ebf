// A program of bench/ in another language that answers a line of JSON with a line of JSON. One process for all questions.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

type Answer = Record<string, unknown>;

/** Variables that make libraries of linear algebra use one thread. */
export const oneThread = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };

export class Script {
  /** The first line, which it prints unasked. */
  readonly greeting: Answer;
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    name: string,
    child: ChildProcessWithoutNullStreams,
    lines: AsyncIterator<string>,
    first: string,
  ) {
    this.#name = name;
    this.#child = child;
    this.#lines = lines;
    this.greeting = JSON.parse(first) as Answer;
  }

  /** Starts the first of the commands that has what the script needs; undefined where none has. */
  static async start(
    name: string,
    commands: readonly (readonly string[])[],
    threads: NodeJS.ProcessEnv = oneThread,
  ): Promise<Script | undefined> {
    const env = { ...process.env, ...threads };
    for (const [command = '', ...args] of commands) {
      const child = spawn(command, args, { env });
      let complaint = '';
      child.on('error', ({ message }) => {
        complaint = message;
      });
      child.stderr.on('data', (text) => {
        complaint = `${complaint}${text}`;
      });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const first = await lines.next();
      if (!first.done) return new Script(name, child, lines, first.value);
      console.error(`  ${command} ${name}: ${complaint.trim().split('\n').at(-1)}`);
    }
    return undefined;
  }

  async ask(question: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = await this.#lines.next();
    if (answer.done) throw new Error(`${this.#name} ended early`);
    return JSON.parse(answer.value) as Answer;
  }

  end(): void {
    this.#child.stdin.end();
  }
}
