// The time that JavaScript's thread spends.
import { readFileSync } from 'node:fs';

const path = `/proc/self/task/${process.pid}/schedstat`;

function spent(): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
}

/** What {@link milliseconds} counts. */
export const counted = spent() === undefined ? 'time of the clock' : "processor time of JavaScript's thread";

/** Milliseconds of the main thread's processor time on Linux, to a tick of the scheduler (1 to 4 ms); elsewhere of the clock. */
export const milliseconds = (): number => spent() ?? performance.now();

/** Turns of the event loop, each from one immediate to the next, while something runs. */
export class Turns {
  #last = 0;
  #longest = 0;
  #next: NodeJS.Immediate | undefined;

  /** The longest turn in milliseconds from the call to the end of what is called. */
  async longestOf(call: () => Promise<unknown>): Promise<number> {
    this.#longest = 0;
    await new Promise(setImmediate);
    this.#last = milliseconds();
    this.#next = setImmediate(this.#turn);
    await call();
    await new Promise(setImmediate);
    clearImmediate(this.#next);
    return this.#longest;
  }

  readonly #turn = (): void => {
    const now = milliseconds();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
    this.#next = setImmediate(this.#turn);
  };
}
