// Sensitivities of degenerate convex programs beside differences of the same programs solved by trying every set of active sides.
import { add, dot, matvec, mul } from '../../src/expressions/index.js';
import { Model, minimize } from '../../src/index.js';
import type { OneSided } from '../../src/nlp/index.js';
import type { Claim, Trial } from '../contract/problem.js';
import { Draw } from './draw.js';

/** min 1/2 x^T Q x + (c + p c') x subject to G x >= b + p b', sides of a box among the rows. */
interface Program {
  Q: number[][];
  c: number[];
  costMoves: number[];
  G: number[][];
  b: number[];
  sideMoves: number[];
}

const inner = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);

/** The solution of a linear system by elimination with full pivoting; undefined where it is singular. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const order: number[] = [];
  for (let step = 0; step < rows.length; ++step) {
    let best = { size: 1e-9, i: -1, j: -1 };
    for (let i = step; i < rows.length; ++i) {
      for (let j = 0; j < rows.length; ++j) {
        const size = Math.abs(rows[i]?.[j] as number);
        if (size > best.size) best = { size, i, j };
      }
    }
    if (best.i < 0) return undefined;
    [rows[step], rows[best.i]] = [rows[best.i] as number[], rows[step] as number[]];
    order.push(best.j);
    const pivot = rows[step] as number[];
    rows.forEach((row, i) => {
      const factor = i === step ? 0 : (row[best.j] as number) / (pivot[best.j] as number);
      for (const [k, value] of pivot.entries()) row[k] = (row[k] as number) - factor * value;
    });
  }
  const x = new Array<number>(rows.length).fill(0);
  for (const [step, j] of order.entries()) x[j] = (rows[step]?.at(-1) as number) / (rows[step]?.[j] as number);
  return x;
}

/** The least value, and all points with it that sides alone determine: the least point of each set of sides that has one is tried. */
function leastOf({ Q, c, costMoves, G, b, sideMoves }: Program, p: number): { value: number; points: number[][] } {
  const n = c.length;
  const cost = c.map((value, j) => value + p * (costMoves[j] as number));
  const sides = b.map((value, i) => value + p * (sideMoves[i] as number));
  const found: { value: number; x: number[] }[] = [];
  const tryRows = (rows: readonly number[]) => {
    const size = n + rows.length;
    const matrix = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => {
        if (i < n && j < n) return Q[i]?.[j] as number;
        if (i >= n && j >= n) return 0;
        return G[rows[Math.max(i, j) - n] as number]?.[Math.min(i, j)] as number;
      }),
    );
    const x = solved(matrix, [...cost.map((value) => -value), ...rows.map((row) => sides[row] as number)])?.slice(0, n);
    if (!x || G.some((row, i) => inner(row, x) < (sides[i] as number) - 1e-9)) return;
    found.push({
      value:
        0.5 *
          inner(
            x,
            Q.map((row) => inner(row, x)),
          ) +
        inner(cost, x),
      x,
    });
  };
  const choose = (from: number, rows: readonly number[]) => {
    tryRows(rows);
    if (rows.length === n) return;
    for (let row = from; row < G.length; ++row) choose(row + 1, [...rows, row]);
  };
  choose(0, []);
  const value = Math.min(...found.map((each) => each.value));
  return { value, points: found.filter((each) => each.value <= value + 1e-10).map(({ x }) => x) };
}

/** A program of integers with many sides at one point, rows twice and sums of rows among them, and costs that leave solutions beside one another. */
function drawn(draw: Draw): Program {
  const n = 1 + draw.below(3);
  const small = () => draw.below(5) - 2;
  const vector = () => Array.from({ length: n }, small);
  const roots = Array.from({ length: draw.below(n + 1) }, vector);
  const meeting = vector();
  const G = Array.from({ length: 1 + draw.below(4) }, vector);
  if (draw.chance(0.4)) G.push((G[0] as number[]).map((value) => 2 * value));
  if (draw.chance(0.4)) G.push((G[0] as number[]).map((value, j) => value + (G.at(-1)?.[j] as number)));
  const b = G.map((row) => inner(row, meeting) - (draw.chance(0.7) ? 0 : draw.below(3)));
  for (let j = 0; j < n; ++j) {
    for (const sign of [1, -1]) {
      G.push(Array.from({ length: n }, (_, k) => (k === j ? sign : 0)));
      b.push(-4 - (draw.chance(0.3) ? 4 * sign : 0));
    }
  }
  const moves = (count: number, share: number) =>
    Array.from({ length: count }, () => (draw.chance(share) ? small() : 0));
  const ofCosts = draw.chance(0.4);
  return {
    Q: Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) =>
        roots.reduce((sum, root) => sum + (root[i] as number) * (root[j] as number), 0),
      ),
    ),
    c: vector(),
    costMoves: moves(n, ofCosts ? 0.7 : 0),
    G,
    b,
    sideMoves: moves(G.length, ofCosts && draw.chance(0.5) ? 0 : 0.5),
  };
}

/** False claims of one side of a sensitivity, by solutions for a parameter that changes by some steps. */
function wrongSide(name: string, side: OneSided, program: Program, x: ArrayLike<number>, sign: number): string[] {
  const step = 1e-3;
  const [here, near, far] = [0, step, 2 * step].map((size) => leastOf(program, sign * size)) as [Least, Least, Least];
  if (near.points.length === 0 || far.points.length === 0) {
    return side.objective === undefined
      ? []
      : [`${name}: objective ${side.objective}, though no point is admissible there`];
  }
  const wrong: string[] = [];
  // Exact for a quadratic function.
  const slope = (4 * near.value - far.value - 3 * here.value) / (2 * sign * step);
  if (side.objective !== undefined && Math.abs(side.objective - slope) > 1e-6 * Math.max(1, Math.abs(slope))) {
    wrong.push(`${name}: objective ${side.objective}, not ${slope}`);
  }
  if (side.x) {
    const moved = Array.from(side.x, (value, j) => (x[j] as number) + sign * step * value);
    const apart = near.points.map((point) =>
      Math.max(...point.map((value, j) => Math.abs(value - (moved[j] as number)))),
    );
    if (Math.max(...apart) > 1e-6)
      wrong.push(`${name}: x' = ${side.x}, but x is ${near.points.join(' or ')} after ${step}`);
  }
  return wrong;
}

type Least = ReturnType<typeof leastOf>;

/** A degenerate convex program whose costs and sides move with one parameter, in both senses. */
const degenerate: Trial = async (seed) => {
  const draw = new Draw(seed);
  const program = drawn(draw);
  const { Q, c, costMoves, G, b, sideMoves } = program;
  const model = new Model();
  const p = model.parameter({ value: 0 });
  const x = model.variable(c.length);
  const sign = draw.chance(0.3) ? -1 : 1;
  const f = add(mul(0.5, dot(x, matvec(Q, x))), dot(c, x), mul(p, dot(costMoves, x)));
  if (sign > 0) model.minimize(f);
  else model.maximize(mul(-1, f));
  model.atLeast(matvec(G, x), add(b, mul(p, sideMoves)));
  const result = await minimize(model);
  if (result.status !== 'solved') return { status: result.status, wrong: [] };
  const found = await result.sensitivity(p).catch((error: Error) => error);
  if (found instanceof Error) return { status: 'stalled', wrong: found instanceof RangeError ? [] : [String(found)] };
  const given = (side: OneSided) => ({ ...side, objective: side.objective && sign * side.objective });
  const wrong = [
    ...wrongSide('up', given(found.up), program, result.x, 1),
    ...wrongSide('down', given(found.down), program, result.x, -1),
  ];
  if (found.x) {
    for (const side of [found.up, found.down]) {
      const apart = Math.max(...found.x.map((value, j) => Math.abs(value - (side.x?.[j] as number))));
      if (!(apart <= 1e-5)) wrong.push(`x' = ${found.x}, but ${side.x} to one side`);
    }
  }
  if (
    found.objective !== undefined &&
    !(Math.abs((found.up.objective as number) - (found.down.objective as number)) <= 1e-5)
  ) {
    wrong.push(`objective ${found.objective}, but ${found.down.objective} and ${found.up.objective} to its sides`);
  }
  const known = found.up.objective !== undefined && found.down.objective !== undefined;
  return { status: known ? 'solved' : 'stalled', wrong };
};

export const sensitivityClaims: Record<string, Claim> = {
  'sensitivities of degenerate programs': { trial: degenerate, cases: 2_000 },
};
