// Drawn data of curves with known parameters.
import { uniforms } from '../../src/core/random.js';
import { add, div, exp, mul, neg, type Operand } from '../../src/expressions/index.js';

/** Normal numbers by Box and Muller. */
export function normals(count: number, seed: number): number[] {
  const uniform = uniforms(seed);
  return Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  });
}

type Named = Record<string, number>;

export interface Truth {
  parameters: Named;
  value: (b: Named, x: number) => number;
  curve: (b: Record<string, Operand>, x: Float64Array) => Operand;
  x: number[];
  deviation: number;
}

export const decay: Truth = {
  parameters: { a: 5, k: 0.7, c: 1 },
  value: ({ a, k, c }, t) => (a as number) * Math.exp(-(k as number) * t) + (c as number),
  curve: ({ a, k, c }, t) => add(mul(a as Operand, exp(neg(mul(k as Operand, t)))), c as Operand),
  x: Array.from({ length: 20 }, (_, i) => 0.25 * i),
  deviation: 0.2,
};

export const saturation: Truth = {
  parameters: { v: 10, h: 2 },
  value: ({ v, h }, t) => ((v as number) * t) / ((h as number) + t),
  curve: ({ v, h }, t) => div(mul(v as Operand, t), add(h as Operand, t)),
  x: Array.from({ length: 12 }, (_, i) => 0.5 * (i + 1)),
  deviation: 0.4,
};
