// Prepared quadratic programs: random ones, and what is wrong with their answers, by plain loops.
import { prepareQuadratic, type QuadraticProblem } from '../../src/nlp/index.js';
import type { Claim, Shown } from '../contract/problem.js';
import { uniforms } from '../problems/relu.js';

export interface Dense {
  Q: number[][];
  c: number[];
  A?: number[][];
  b?: number[];
  G?: number[][];
  atMost?: number[];
  atLeast?: number[];
  lower?: number;
  upper?: number;
}

interface Point {
  x: ArrayLike<number>;
  multipliers: ArrayLike<number>;
  lowerMultipliers: ArrayLike<number>;
  upperMultipliers: ArrayLike<number>;
}

const inner = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, k) => sum + value * (b[k] as number), 0);

/** The largest of what the conditions of optimality miss. */
export function residual({ Q, c, A = [], b = [], G = [], atMost, atLeast, lower, upper }: Dense, point: Point): number {
  const { x, multipliers: y, lowerMultipliers: zL, upperMultipliers: zU } = point;
  const rows = [...A, ...G];
  const low = [...b, ...G.map((_, i) => atLeast?.[i] ?? Number.NEGATIVE_INFINITY)];
  const high = [...b, ...G.map((_, i) => atMost?.[i] ?? Number.POSITIVE_INFINITY)];
  let worst = 0;
  const note = (value: number) => {
    worst = Math.max(worst, value);
  };
  const side = (value: number, bound: number, multiplier: number) => {
    note(-multiplier);
    note(bound === Number.POSITIVE_INFINITY ? multiplier : value - bound);
    if (bound < Number.POSITIVE_INFINITY) note(Math.abs(multiplier * (value - bound)));
  };
  c.forEach((cost, j) => {
    const ofRows = rows.reduce((sum, row, i) => sum + (row[j] as number) * (y[i] as number), 0);
    note(Math.abs(inner(Q[j] as number[], x) + cost + ofRows - (zL[j] as number) + (zU[j] as number)));
    side(-(x[j] as number), -(lower ?? Number.NEGATIVE_INFINITY), zL[j] as number);
    side(x[j] as number, upper ?? Number.POSITIVE_INFINITY, zU[j] as number);
  });
  rows.forEach((row, i) => {
    const [value, multiplier] = [inner(row, x), y[i] as number];
    if (low[i] === high[i]) {
      note(Math.abs(value - (low[i] as number)));
      return;
    }
    side(-value, -(low[i] as number), Math.max(0, -multiplier));
    side(value, high[i] as number, Math.max(0, multiplier));
  });
  return worst;
}

/** A strictly convex program of n variables that a point meets; with `rank`, a convex one of that rank. */
export function drawn(seed: number, n: number, equations: number, inequalities: number, rank?: number): Dense {
  const uniform = uniforms(seed);
  const matrix = (rows: number) => Array.from({ length: rows }, () => Array.from({ length: n }, () => uniform() - 0.5));
  const root = matrix(rank ?? n);
  const ridge = rank === undefined ? 0.1 : 0;
  const at = Array.from({ length: n }, () => uniform() - 0.5);
  const entry = (i: number, j: number) =>
    root.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), i === j ? ridge : 0);
  const [A, G] = [matrix(equations), matrix(inequalities)];
  return {
    Q: at.map((_, i) => at.map((_, j) => entry(i, j))),
    c: Array.from({ length: n }, () => 10 * (uniform() - 0.5)),
    A,
    b: A.map((row) => inner(row, at)),
    G,
    atMost: G.map((row) => inner(row, at) + 0.3 * uniform()),
    atLeast: G.map((row) => inner(row, at) - 0.3 * uniform()),
    lower: -1,
    upper: 1,
  };
}

/** Programs of all ranks, rows in other units and rows twice, solved eight times each with vectors that change a little or much. */
export const preparedClaims: Record<string, Claim> = {
  'prepared programs': {
    cases: 2_000,
    async trial(seed) {
      const uniform = uniforms(seed + 1);
      const n = 1 + Math.floor(uniform() * 8);
      const rank = uniform() < 0.5 ? undefined : Math.floor(uniform() * n);
      const program = drawn(seed, n, 1, 1 + Math.floor(uniform() * 6), rank);
      const [G, atMost, atLeast] = [program.G, program.atMost, program.atLeast] as [number[][], number[], number[]];
      if (uniform() < 0.3) {
        G.push((G[0] as number[]).map((v) => 2 * v));
        atMost.push(2 * (atMost[0] as number));
        atLeast.push(2 * (atLeast[0] as number));
      }
      const unit = uniform() < 0.3 ? 10 ** (6 * uniform() - 3) : 1;
      G[0] = (G[0] as number[]).map((v) => unit * v);
      atMost[0] = unit * (atMost[0] as number);
      atLeast[0] = unit * (atLeast[0] as number);
      const prepared = await prepareQuadratic(program as QuadraticProblem);
      const wrong: string[] = [];
      let status: Shown = 'solved';
      for (let k = 0; k < 8; ++k) {
        const near = uniform() < 0.5 ? 1e-4 : 10;
        const c = program.c.map((v) => v + near * (uniform() - 0.5));
        const moved = { c, atMost: atMost.map((v) => v + 1e-3 * uniform()) };
        const answer = k % 4 === 3 ? await prepared.solve(moved) : prepared.solveSync(moved);
        // A point meets all constraints, and x is bounded.
        if (answer.status === 'infeasible' || answer.status === 'unbounded') wrong.push(answer.status);
        if (answer.status !== 'solved') {
          status = answer.status;
          continue;
        }
        const size = answer.multipliers.reduce((most, y) => Math.max(most, Math.abs(y)), 1);
        const missed = residual({ ...program, ...moved }, answer);
        if (!(missed <= 1e-7 * size)) wrong.push(`solve ${k}: solved, but ${missed} is missed`);
      }
      return { status, wrong };
    },
  },
};
