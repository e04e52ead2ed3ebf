// Programs with linear constraints whose answers are known as they are drawn: what is feasible, what is not, minima in narrow boxes.

import { add, dot as dotOf, mul, square, sub, sum } from '../../src/expressions/index.js';
import { checkOptimality, Model, minimize } from '../../src/index.js';
import type { Claim, Trial } from '../contract/problem.js';
import { add as addExact, atMost, dot, exact, multiply, negative, rounded, sign, zero } from '../problems/exact.js';
import { Draw } from './draw.js';

interface Row {
  factors: number[];
  low: number;
  high: number;
}

interface Program {
  rows: Row[];
  lower: number[];
  upper: number[];
  start: number[];
  /** Factors of 1/2 x_j^2 and of x_j. */
  squares: number[];
  slopes: number[];
}

const infinity = Number.POSITIVE_INFINITY;

function modelOf({ rows, lower, upper, start, squares, slopes }: Program): Model {
  const model = new Model();
  const x = model.variable(lower.length, { lower, upper, start });
  const curved = squares.some((factor) => factor !== 0);
  if (curved || slopes.some((factor) => factor !== 0)) {
    const linear = dotOf(slopes, x);
    model.minimize(curved ? add(linear, mul(0.5, dotOf(squares, square(x)))) : linear);
  }
  for (const { factors, low, high } of rows) {
    if (low === high) model.equal(dotOf(factors, x), low);
    else if (low === -infinity) model.atMost(dotOf(factors, x), high);
    else if (high === infinity) model.atLeast(dotOf(factors, x), low);
    else model.between(dotOf(factors, x), low, high);
  }
  return model;
}

/** A number that is no larger, or no smaller, than factors^T x without rounding. */
function side(factors: number[], x: number[], direction: -1 | 1): number {
  const value = dot(factors, x);
  let near = rounded(value);
  const holds = () => (direction < 0 ? atMost(exact(near), value) : atMost(value, exact(near)));
  for (let share = 2 ** -52; !holds(); share *= 2) near += direction * share * Math.max(Math.abs(near), 2 ** -1000);
  return near;
}

/** Variables about a point, with bounds of all kinds, some at the point; and an objective that is bounded below. */
function drawnVariables(draw: Draw, n: number): { x: number[]; program: Program } {
  const shift = draw.chance(0.3) ? 2 ** draw.below(20) : 0;
  const scale = draw.chance(0.5) ? 1 : draw.power(-4, 4);
  const x = draw.numbers(n).map((value) => (value + shift) * scale);
  const widths = x.map(
    (value) => Math.max(Math.abs(value), scale) * (draw.chance(0.3) ? 1e-9 : draw.chance(0.2) ? 0 : 1),
  );
  const room = (j: number) => (draw.chance(0.3) ? 0 : draw.uniform() * (widths[j] as number));
  const lower = x.map((value, j) => (draw.chance(0.3) ? -infinity : value - room(j)));
  const upper = x.map((value, j) => (draw.chance(0.3) ? infinity : value + room(j)));
  const convex = draw.chance(0.5);
  const free = lower.map((low, j) => low === -infinity || upper[j] === infinity);
  const slopes = draw.numbers(n).map((value, j) => (free[j] && !convex ? 0 : value));
  const squares = slopes.map(() => (convex ? draw.between(0.5, 2) / scale : 0));
  const start = x.map((value) => (draw.chance(0.3) ? 0 : value + draw.number() * scale));
  return { x, program: { rows: [], lower, upper, start, squares, slopes } };
}

/** A row that x meets: its sides are those of rows that are computed without rounding. */
function plantedRow(draw: Draw, x: number[]): Row {
  const scale = draw.power(-6, 6);
  const factors = draw.numbers(x.length).map((value) => (draw.chance(0.3) ? 0 : value * scale));
  const [least, most] = [side(factors, x, -1), side(factors, x, 1)];
  const size = Math.max(Math.abs(least), scale);
  const width = size * (draw.chance(0.5) ? 1e-9 : draw.between(0, 1));
  const kind = draw.below(5);
  if (kind === 0) return { factors, low: least, high: least };
  if (kind === 1) return { factors, low: -infinity, high: most };
  if (kind === 2) return { factors, low: least, high: infinity };
  return kind === 3 ? { factors, low: least, high: most + width } : { factors, low: least - width, high: most };
}

const planted: Trial = async (seed) => {
  const draw = new Draw(seed);
  const { x, program } = drawnVariables(draw, 1 + draw.below(5));
  program.rows = Array.from({ length: 1 + draw.below(6) }, () => plantedRow(draw, x));
  const model = modelOf(program);
  const result = await minimize(model, { timeLimit: 20 });
  const wrong: string[] = [];
  if (result.status === 'infeasible') wrong.push('infeasible, though a point is known that meets everything');
  if (result.status === 'unbounded') wrong.push('unbounded, though the objective has a minimum');
  wrong.push(...refuted(model, result));
  return { status: result.status, wrong };
};

/** The refutation of a result that is called solved by the package's own judge. */
function refuted(model: Model, result: Awaited<ReturnType<typeof minimize>>): string[] {
  if (result.status !== 'solved') return [];
  const { ok, message } = checkOptimality(model, result.x, result);
  return ok ? [] : [`solved, though ${message}`];
}

/** Rows that contradict one another by a combination with known multipliers. */
function contradictoryRows(draw: Draw, x: number[], program: Program): Row[] {
  const count = 1 + draw.below(4);
  const rows = Array.from({ length: count }, () => plantedRow(draw, x));
  // sum_i y_i (row i) is at most `most` by these sides, or by bounds; the last row asks for more.
  const y = rows.map(
    ({ low, high }) =>
      (high === infinity ? -1 : low === -infinity ? 1 : draw.chance(0.5) ? 1 : -1) * draw.between(0.5, 2),
  );
  const sum = x.map((_, j) =>
    rows.reduce((total, { factors }, i) => total + (y[i] as number) * (factors[j] as number), 0),
  );
  let most = rows.reduce(
    (total, { low, high }, i) => total + (y[i] as number) * ((y[i] as number) > 0 ? high : low),
    0,
  );
  const extra = x.map((_, j) => {
    const bounded = [program.upper[j] as number, program.lower[j] as number];
    const factor = draw.chance(0.5) ? draw.number() * Math.max(...sum.map(Math.abs), 1e-6) : 0;
    const bound = factor > 0 ? bounded[0] : bounded[1];
    if (factor === 0 || !Number.isFinite(bound as number)) return 0;
    most += factor * (bound as number);
    return factor;
  });
  const factors = sum.map((value, j) => value + (extra[j] as number));
  const size = Math.max(Math.abs(most), ...factors.map((factor, j) => Math.abs(factor * (x[j] as number))), 1e-6);
  const low = most + size * 10 ** -draw.between(0, 5);
  return [...rows, { factors, low, high: draw.chance(0.5) ? infinity : low }];
}

/** How much y^T (A x) is above what the sides allow, at least, over the bounds and |x_j| <= reach_j, without rounding. */
function exactGap({ rows, lower, upper }: Program, y: readonly number[], reach: readonly number[]) {
  let gap = zero;
  for (const [i, { low, high }] of rows.entries()) {
    const factor = y[i] as number;
    if (factor === 0) continue;
    const limit = factor > 0 ? high : low;
    if (!Number.isFinite(limit)) return undefined;
    gap = addExact(gap, negative(multiply(exact(factor), exact(limit))));
  }
  for (let j = 0; j < lower.length; ++j) {
    const d = dot(
      y,
      rows.map(({ factors }) => factors[j] as number),
    );
    const bound =
      sign(d) > 0
        ? Math.max(lower[j] as number, -(reach[j] as number))
        : Math.min(upper[j] as number, reach[j] as number);
    gap = addExact(gap, multiply(d, exact(bound)));
  }
  return gap;
}

const contradictory: Trial = async (seed) => {
  const draw = new Draw(seed);
  const { x, program } = drawnVariables(draw, 1 + draw.below(5));
  program.rows = contradictoryRows(draw, x, program);
  const result = await minimize(modelOf(program), { timeLimit: 20 });
  const wrong: string[] = [];
  if (result.status === 'infeasible') {
    const { proof } = result.certificate;
    const reach = Array.from(result.x, (value) => 1e6 * Math.max(1, Math.abs(value)));
    const gap = proof?.y && exactGap(program, Array.from(proof.y), reach);
    if (!proof || result.certificate.kind !== 'global') wrong.push('infeasible without a certificate');
    else if (!gap || sign(gap) <= 0) wrong.push('the certificate proves nothing');
    else if (!(rounded(gap) >= (proof.margin ?? Number.NaN) * (1 - 1e-9)))
      wrong.push(`margin ${proof.margin}, but ${rounded(gap)}`);
  }
  if (result.status === 'unbounded') wrong.push('unbounded, though no point meets the constraints');
  wrong.push(...refuted(modelOf(program), result));
  return { status: result.status, wrong };
};

/** min sum_j a_j / 2 (x_j - t_j)^2 over boxes, some of which are narrow, whose minimum is t cut to the box. */
const boxes: Trial = async (seed) => {
  const draw = new Draw(seed);
  const n = 1 + draw.below(4);
  const middle = Array.from({ length: n }, () => (draw.chance(0.3) ? 0 : draw.number() * draw.power(-6, 6)));
  const widths = middle.map(() => 10 ** draw.between(-15, -6));
  const lower = middle.map((value, j) => value - draw.uniform() * (widths[j] as number));
  const upper = lower.map((low, j) => low + (widths[j] as number));
  const steep = middle.map(() => draw.power(-3, 9));
  const target = lower.map((low, j) => low + draw.between(-2, 3) * (draw.chance(0.5) ? (widths[j] as number) : 1));
  const model = new Model();
  const x = model.variable(n, { lower, upper });
  model.minimize(mul(0.5, dotOf(steep, square(sub(x, target)))));
  if (draw.chance(0.3)) model.atLeast(sum(x), sum0(lower));
  const result = await minimize(model, { timeLimit: 20 });
  const wrong = refuted(model, result);
  if (result.status === 'infeasible' || result.status === 'unbounded') wrong.push(result.status);
  if (result.status === 'solved') {
    // f(x) - f(best), term by term without the difference of large numbers.
    let [above, size] = [0, 1];
    for (let j = 0; j < n; ++j) {
      const [low, high, t, a, at] = [lower[j], upper[j], target[j], steep[j], result.x[j]] as [
        number,
        number,
        number,
        number,
        number,
      ];
      const best = Math.min(Math.max(t, low), high);
      above += 0.5 * a * (at - best) * (at - t + (best - t));
      size = Math.max(size, Math.abs(a * (best - t) * (high - low)));
      if (at < low - 1e-2 * (high - low) || at > high + 1e-2 * (high - low))
        wrong.push(`x[${j}] is outside of its box`);
    }
    if (!(above <= 1e-4 * n * size)) wrong.push(`${above} above the minimum, where the boxes allow ${size}`);
  }
  return { status: result.status, wrong };
};

const sum0 = (values: number[]): number => values.reduce((total, value) => total + value, 0);

export const linearClaims: Record<string, Claim> = {
  'planted feasible points': { trial: planted, cases: 10_000 },
  'contradictory rows': { trial: contradictory, cases: 10_000, shows: 'infeasible' },
  'narrow boxes': { trial: boxes, cases: 10_000 },
};
