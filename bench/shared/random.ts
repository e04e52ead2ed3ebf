// Random numbers that are the same in every run.
import { uniforms } from '../../src/core/random.js';

export { uniforms };

/** Standard normal: Box and Muller's formula. */
export function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** `count` different numbers of 0 .. n - 1, ascending. */
export function sample(n: number, count: number, uniform: () => number): number[] {
  const all = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < count; ++i) {
    const j = i + Math.floor(uniform() * (n - i));
    [all[i], all[j]] = [all[j] as number, all[i] as number];
  }
  return all.slice(0, count).sort((a, b) => a - b);
}
