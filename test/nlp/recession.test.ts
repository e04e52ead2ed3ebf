// Convex quadratic programs without a least value: each answer is a ray, checked by plain sums.
import { describe, expect, it } from 'vitest';
import { minimize } from '../../src/index.js';
import { prepareQuadratic, quadraticProgram } from '../../src/nlp/index.js';
import { Draw } from '../fractional/values.js';

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, k) => sum + value * (b[k] as number), 0);

/** A feasible program with a planted direction along which it falls: Q has rank up to n - 1, some sides and bounds are missing. */
function drawn(seed: number) {
  const draw = new Draw(seed);
  const whole = (least: number, count: number) => least + Math.floor(draw.uniform() * count);
  const n = whole(2, 20);
  const m = whole(2, 20);
  const vector = () => Array.from({ length: n }, () => draw.normal());
  const x = vector();
  // Whole numbers, so that Q d is 0 without rounding.
  const d = Array.from({ length: n }, () => whole(1, 5) * (draw.uniform() < 0.5 ? 1 : -1));
  const roots = Array.from({ length: whole(0, n) }, () => {
    const root = d.map(() => 0);
    for (let k = 0; k < 3; ++k) {
      const i = whole(0, n);
      const j = whole(0, n);
      const times = whole(-3, 7);
      root[i] = (root[i] as number) + times * (d[j] as number);
      root[j] = (root[j] as number) - times * (d[i] as number);
    }
    return root;
  });
  const Q = x.map((_, i) => x.map((_, j) => roots.reduce((sum, r) => sum + (r[i] as number) * (r[j] as number), 0)));
  const G = Array.from({ length: m }, () => {
    const row = vector().map((value) => (draw.uniform() < 0.5 ? 0 : value));
    return dot(row, d) > 0 ? row.map((value) => -value) : row;
  });
  const atMost = G.map((row) => dot(row, x) + (draw.uniform() < 0.5 ? 0 : draw.uniform()));
  const c = vector();
  const falling = dot(c, d) > 0 ? c.map((value) => -value) : c;
  const lower = x.map((value, j) =>
    (d[j] as number) < 0 || draw.uniform() < 0.5 ? -Infinity : value - draw.uniform(),
  );
  const upper = x.map((value, j) => ((d[j] as number) > 0 || draw.uniform() < 0.5 ? Infinity : value + draw.uniform()));
  return { Q, c: falling, G, atMost, lower, upper };
}

describe('convex quadratic programs without a least value', () => {
  it('have a ray', async () => {
    for (let seed = 1; seed <= 300; ++seed) {
      const program = drawn(seed);
      const { status, certificate } = await minimize(quadraticProgram(program));
      expect(status, `program ${seed}`).toBe('unbounded');
      const { x = [], direction = [] } = certificate.proof ?? {};
      const largest = (values: number[]) => Math.max(...values.map(Math.abs));
      const size = largest(Array.from(direction));
      const far = 1e-8 * (1 + largest(Array.from(x)));
      expect(dot(program.c, direction), `program ${seed}`).toBeLessThan(-1e-9 * size);
      expect(largest(program.Q.map((row) => dot(row, direction)))).toBeLessThan(1e-8 * size);
      program.G.forEach((row, i) => {
        expect(dot(row, direction)).toBeLessThan(1e-9 * size);
        expect(dot(row, x)).toBeLessThan((program.atMost[i] as number) + far);
      });
      Array.from(direction).forEach((value, j) => {
        if (value < 0) expect(program.lower[j]).toBe(-Infinity);
        if (value > 0) expect(program.upper[j]).toBe(Infinity);
        expect(x[j]).toBeGreaterThanOrEqual((program.lower[j] as number) - far);
        expect(x[j]).toBeLessThanOrEqual((program.upper[j] as number) + far);
      });
    }
  });

  it('are told of by prepared programs', async () => {
    const prepared = await prepareQuadratic({
      Q: [
        [1, -1],
        [-1, 1],
      ],
      c: [0, 0],
      G: [[1, 1]],
      atLeast: 0,
    });
    expect(prepared.solveSync().status).toBe('solved');
    expect(prepared.solveSync({ c: [-1, -1] }).status).toBe('unbounded');
    expect((await prepared.solve({ c: [-1, -1] })).status).toBe('unbounded');
    expect(prepared.solveSync({ c: [1, 1] }).status).toBe('solved');
  });
});
