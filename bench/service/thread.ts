// The time that JavaScript's thread spends.
import { readFileSync } from 'node:fs';

const path = `/proc/self/task/${process.pid}/schedstat`;

/** Milliseconds that the main thread has run, and those that it was ready to run while the processors were with others. */
function known(): { ran: number; waited: number } | undefined {
  try {
    const [ran, waited] = readFileSync(path, 'utf8').split(' ');
    return { ran: Number(ran) / 1e6, waited: Number(waited) / 1e6 };
  } catch {
    return undefined;
  }
}

const spent = (): number | undefined => known()?.ran;

/** Milliseconds that the main thread has waited for a processor, on Linux: what other processes add to every delay. */
export const waited = (): number => known()?.waited ?? 0;

/** The events that {@link milliseconds} counts. */
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
