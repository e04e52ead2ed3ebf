// Lists of numbers whose length is not known before their file has been read.
import { rangeError } from '../core/argumentError.js';
import type { Memory } from './memory.js';
import type { Scanner } from './scanner.js';
import { inSlices, slice } from './slices.js';

/** The most numbers of a list: places of them are 32-bit integers. */
const largest = 0x7fffffff;

/** Numbers one after the other, in pieces of one length, so that growing neither copies them nor holds up other work. */
export class Growing<List extends Int32Array | Float64Array> {
  readonly #Kind: new (
    length: number,
  ) => List;
  readonly #what: string;
  readonly #memory: Memory;
  readonly #pieces: List[] = [];
  #open: List;
  /** Numbers in the piece that is open, and before it. */
  #filled = 0;
  #before = 0;

  constructor(Kind: new (length: number) => List, what: string, memory: Memory) {
    this.#Kind = Kind;
    this.#what = what;
    this.#memory = memory;
    this.#open = new Kind(0);
  }

  get length(): number {
    return this.#before + this.#filled;
  }

  /** Adds a number; a text says the place of a failure. */
  push(place: Scanner | string, value: number): void {
    if (this.#filled === this.#open.length) this.#extend(typeof place === 'string' ? place : place.place());
    this.#open[this.#filled++] = value;
  }

  get(k: number): number {
    return this.#pieces[Math.floor(k / slice)]?.[k % slice] as number;
  }

  set(k: number, value: number): void {
    (this.#pieces[Math.floor(k / slice)] as List)[k % slice] = value;
  }

  /** All of them as one array; nothing is left here. */
  async joined(place: string, signal: AbortSignal | undefined): Promise<List> {
    const { length } = this;
    const bytes = length * this.#open.BYTES_PER_ELEMENT;
    const whole = this.#memory.allocate(place, `${length} ${this.#what}`, bytes, () => new this.#Kind(length));
    await inSlices(length, signal, (from, to) => {
      whole.set(this.#pieces[from / slice]?.subarray(0, to - from) as List & ArrayLike<number>, from);
    });
    this.#memory.free(this.#pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
    this.#pieces.length = 0;
    return whole;
  }

  #extend(place: string): void {
    const full = this.#open.length === slice;
    if (full) this.#before += slice;
    if (this.#before > largest - slice) throw rangeError(`${place}: more than ${largest} ${this.#what}`);
    // The first piece grows to its length, as most files are small.
    const length = full ? slice : Math.max(1024, 4 * this.#open.length);
    const bytes = length * this.#open.BYTES_PER_ELEMENT;
    const next = this.#memory.allocate(
      place,
      `more than ${this.length} ${this.#what}`,
      bytes,
      () => new this.#Kind(length),
    );
    if (full) this.#filled = 0;
    else {
      next.set(this.#open as List & ArrayLike<number>);
      this.#memory.free(this.#open.byteLength);
      this.#pieces.pop();
    }
    this.#open = next;
    this.#pieces.push(next);
  }
}
