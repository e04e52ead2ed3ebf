// The memory that a reader takes, which a few bytes of a file may promise to fill many times over.
import { freemem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { checkNumber } from '../core/check.js';
import { SolverError } from '../core/error.js';

/** Refuses memory beyond a limit before it is taken. */
export class Memory {
  readonly #most: number;
  #taken = 0;

  /** @param maxBytes Default: nine tenths of the memory that is available. */
  constructor(maxBytes: number | undefined) {
    this.#most =
      maxBytes === undefined ? Math.floor(0.9 * available()) : checkNumber('maxBytes', maxBytes, { lower: 0 });
  }

  /**
   * Counts bytes that are about to be taken for `what`.
   * @throws SolverError `OUT_OF_MEMORY` that begins with `place` where they are not there.
   */
  take(place: string, what: string, bytes: number): void {
    const left = this.#most - this.#taken;
    if (bytes > left) throw this.#missing(place, what, bytes, left);
    this.#taken += bytes;
  }

  /** Counts bytes that are no longer held. */
  free(bytes: number): void {
    this.#taken -= bytes;
  }

  /** The result of `make`, with its bytes counted. */
  allocate<T>(place: string, what: string, bytes: number, make: () => T): T {
    this.take(place, what, bytes);
    try {
      return make();
    } catch (error) {
      throw this.#missing(place, what, bytes, this.#most - this.#taken + bytes, error);
    }
  }

  #missing(place: string, what: string, bytes: number, left: number, cause?: unknown): SolverError {
    const sentence = `${place}: out of memory: ${what} need ${bytes} bytes, of which ${Math.max(0, left)} are there`;
    return new SolverError('OUT_OF_MEMORY', sentence, { cause });
  }
}

/** Counts texts and lists of JavaScript, whose heap has a limit of its own: the engine ends the process where it is met. */
export class HeapMemory extends Memory {
  /** A list has no more entries: the engine ends the process where one grows beyond some 2^27. */
  static readonly longest = 2 ** 26;

  /** @param maxBytes Default, and at most: three quarters of what the heap may still grow by. */
  constructor(maxBytes: number | undefined) {
    const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
    super(Math.min(maxBytes ?? Number.POSITIVE_INFINITY, Math.floor(0.75 * Math.max(0, limit - used))));
  }

  /** Counts an entry of a list, and gives its text so that nothing of a longer text that it was cut from is kept. */
  keep(place: string, what: string, text: string): string {
    this.take(place, what, 32 + 2 * text.length);
    return text.length < 13 ? text : Buffer.from(text).toString(); // V8 copies shorter ones itself
  }
}

/** Bytes that the process may still take, of the machine and of its cgroup. */
function available(): number {
  if (process.availableMemory) return process.availableMemory();
  return Math.min(freemem(), process.constrainedMemory?.() || Number.POSITIVE_INFINITY);
}
