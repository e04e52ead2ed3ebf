// Parts that the tests of this folder share. `npm test` runs a short form of each; `npm run torture` all of it, with its figures
// (docs/reliability.md).
import { uniforms } from '../../src/core/random.js';
import { patience } from '../patience.js';

/** True if this is `npm run torture`. */
export const full = process.env.NONCONVEX_TORTURE !== undefined;

/** The seed of everything that is drawn: `npm run torture -- NAME SEED`. */
export const seed = Number(process.env.NONCONVEX_TORTURE || 1);

/** How many cases there are, short and in full. */
export const cases = (short: number, all: number): number => (full ? all : short);

/** The time that a test may take where it is run in full. */
export const minutes = (count: number): number => Math.max(patience, 60_000 * count);

/** Prints what docs/reliability.md says of a run in full. */
export function figure(text: string): void {
  if (full) console.log(`figure: ${text}`);
}

/** The value below which a share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Milliseconds at 50 %, 99 % and 100 % of the values. */
export const spread = (values: readonly number[]): string =>
  `p50 ${percentile(values, 0.5).toFixed(1)}, p99 ${percentile(values, 0.99).toFixed(1)}, max ${percentile(values, 1).toFixed(1)} ms`;

/** Choices at random, the same for a seed. */
export class Chance {
  readonly #uniform: () => number;

  constructor(of: number) {
    this.#uniform = uniforms(Math.imul(of, 0x9e3779b1) ^ seed);
    for (let k = 0; k < 3; ++k) this.#uniform();
  }

  below = (count: number): number => Math.floor(count * this.#uniform());
  between = (low: number, high: number): number => low + (high - low) * this.#uniform();
  of = <T>(choices: readonly T[]): T => choices[this.below(choices.length)] as T;
}

/** The numbers of a result that are not finite, by their paths; objects that hold themselves are visited once. */
export function notFinite(value: unknown, path = 'result', seen = new Set<unknown>()): string[] {
  if (typeof value === 'number') return Number.isNaN(value) ? [path] : [];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if (ArrayBuffer.isView(value)) {
    const k = Array.prototype.findIndex.call(value, (entry) => Number.isNaN(entry));
    return k < 0 ? [] : [`${path}[${k}]`];
  }
  return Object.entries(value).flatMap(([name, member]) => notFinite(member, `${path}.${name}`, seen));
}

/** Messages of the engine, which say nothing of an argument. */
export const rawMessage =
  /is not a function|is not iterable|not a constructor|Cannot (read|destructure|convert|set|mix|assign|use)|\(reading|Invalid (array|typed array) length|Maximum call stack|allocation failed|Reduce of empty|before initialization|must be an? (instance|function|object)|called on/;
