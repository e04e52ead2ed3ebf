// Random numbers for generators of programs.
import { uniforms } from '../../src/core/random.js';

export class Draw {
  readonly uniform: () => number;

  constructor(seed: number) {
    this.uniform = uniforms(Math.imul(seed + 1, 0x9e3779b1));
    for (let k = 0; k < 3; ++k) this.uniform();
  }

  chance = (probability: number): boolean => this.uniform() < probability;
  below = (count: number): number => Math.floor(this.uniform() * count);
  between = (low: number, high: number): number => low + (high - low) * this.uniform();
  /** 10^k or 2^k for a drawn k. */
  power = (least: number, most: number): number =>
    this.chance(0.5) ? 10 ** (least + this.below(most - least + 1)) : 2 ** Math.round(3.3 * this.between(least, most));
  of = <T>(choices: readonly T[]): T => choices[this.below(choices.length)] as T;
  number = (): number => (this.chance(0.5) ? this.below(9) - 4 : this.between(-4, 4));
  numbers = (count: number): number[] => Array.from({ length: count }, this.number);
}
