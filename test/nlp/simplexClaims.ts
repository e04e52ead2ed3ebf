// Linear programs by the simplex method whose optima are planted in exact arithmetic, and others that contradict themselves or fall.

import { dot as dotOf } from '../../src/expressions/index.js';
import { Model, minimize } from '../../src/index.js';
import { quadraticProgram } from '../../src/nlp/index.js';
import type { Claim, Trial } from '../contract/problem.js';
import { add, atMost, dot, type Exact, exact, multiply, negative, rounded, sign, zero } from '../problems/exact.js';
import { Draw } from './draw.js';

const infinity = Number.POSITIVE_INFINITY;

interface Planted {
  c: number[];
  A: number[][];
  low: number[];
  high: number[];
  lower: number[];
  upper: number[];
  /** The optimal value, exactly. */
  value: Exact;
}

/** Sides about a value, at which one with a multiplier is. */
function sidesAbout(draw: Draw, value: number, multiplier: number): [number, number] {
  const room = () => (draw.chance(0.3) ? infinity : draw.chance(0.2) ? 0 : 1 + draw.below(4));
  if (multiplier > 0) return [value, value + room()];
  if (multiplier < 0) return [value - room(), value];
  return [value - room(), value + room()];
}

/** c = A^T y + r for multipliers of rows and bounds at a point, all of them small integers: nothing is rounded, many vertices are degenerate. */
function planted(draw: Draw, scale: number): Planted {
  const n = 2 + draw.below(9);
  const m = draw.below(2 * n);
  const integer = () => draw.below(7) - 3;
  const multiplier = () => (draw.chance(0.4) ? integer() : 0);
  const x = Array.from({ length: n }, () => scale * integer());
  const A = Array.from({ length: m }, () => x.map(() => (draw.chance(0.5) ? integer() : 0)));
  if (m > 1 && draw.chance(0.3)) A[m - 1] = (A[0] as number[]).slice();
  const y = A.map(multiplier);
  const r = x.map(multiplier);
  const c = r.map((own, j) => A.reduce((sum, row, i) => sum + (row[j] as number) * (y[i] as number), own));
  const sides = A.map((row, i) => sidesAbout(draw, rounded(dot(row, x)), y[i] as number));
  const bounds = x.map((value, j) => sidesAbout(draw, value, r[j] as number));
  const [low, high] = [sides.map(([side]) => side), sides.map(([, side]) => side)];
  const [lower, upper] = [bounds.map(([bound]) => bound), bounds.map(([, bound]) => bound)];
  return { c, A, low, high, lower, upper, value: dot(c, x) };
}

/** The rank of rows, in fractions of integers. */
function rank(rows: readonly (readonly number[])[]): number {
  const work = rows.map((row) => row.map(BigInt));
  let found = 0;
  for (let j = 0; j < (work[0]?.length ?? 0); ++j) {
    const pivot = work.findIndex((row, i) => i >= found && row[j] !== 0n);
    if (pivot < 0) continue;
    [work[found], work[pivot]] = [work[pivot] as bigint[], work[found] as bigint[]];
    const top = work[found] as bigint[];
    for (const row of work.slice(found + 1)) {
      const [by, of] = [row[j] as bigint, top[j] as bigint];
      for (let k = 0; k < row.length; ++k) row[k] = (row[k] as bigint) * of - (top[k] as bigint) * by;
    }
    ++found;
  }
  return found;
}

/** Rows and unit vectors of all sides, and of those at which a point is nearly. */
function normals({ A, low, high, lower, upper }: Planted, x: readonly number[], scale: number) {
  const all = [...A, ...x.map((_, j) => x.map((__, k) => (j === k ? 1 : 0)))];
  const sides = [...A.map((_, i) => [low[i], high[i]]), ...lower.map((bound, j) => [bound, upper[j]])] as number[][];
  const isActive = (row: readonly number[], i: number) => {
    const value = rounded(dot(row, x));
    return (sides[i] as number[]).some((side) => Math.abs(value - side) <= 1e-6 * scale);
  };
  return { all: all.filter((_, i) => (sides[i] as number[]).some(Number.isFinite)), active: all.filter(isActive) };
}

const optima: Trial = async (seed) => {
  const draw = new Draw(seed);
  const scale = draw.chance(0.5) ? 1 : 2 ** (draw.below(21) - 10);
  const problem = planted(draw, scale);
  const { c, A, low, high, lower, upper, value } = problem;
  const program = quadraticProgram({ c, lower, upper, ...(A.length > 0 && { G: A, atLeast: low, atMost: high }) });
  const result = await minimize(program, { method: 'simplex', timeLimit: 20 });
  const wrong: string[] = [];
  if (result.status !== 'solved') return { status: result.status, wrong: [`${result.status}: ${result.message}`] };
  const size = Math.max(scale, Math.abs(rounded(value)));
  const apart = Math.abs(rounded(add(exact(result.objective), negative(value))));
  if (!(apart <= 1e-9 * size)) wrong.push(`${apart} from the least value ${rounded(value)}`);
  const { kind, over, lowerBound } = result.certificate;
  if (over === undefined && lowerBound !== undefined && !atMost(exact(lowerBound), value))
    wrong.push(`the bound ${lowerBound} is above the least value ${rounded(value)}`);
  const point = Array.from(result.x);
  const { all, active } = normals(problem, point, scale);
  if (rank(active) < rank(all)) wrong.push(`no vertex: ${rank(active)} independent sides, of ${rank(all)}`);
  return { status: kind, wrong };
};

/** A direction d along which a feasible point may go for ever while c falls, planted. */
const rays: Trial = async (seed) => {
  const draw = new Draw(seed);
  const n = 2 + draw.below(6);
  const d = Array.from({ length: n }, () => draw.below(5) - 2);
  d[draw.below(n)] = 1;
  const x = d.map(() => draw.below(7) - 3);
  const integer = () => draw.below(7) - 3;
  const model = new Model();
  const lower = x.map((value, j) => ((d[j] as number) < 0 || draw.chance(0.3) ? -infinity : value - draw.below(3)));
  const upper = x.map((value, j) => ((d[j] as number) > 0 || draw.chance(0.3) ? infinity : value + draw.below(3)));
  const z = model.variable(n, { lower, upper });
  const c = d.map(integer);
  const falls = c.reduce((sum, value, j) => sum + value * (d[j] as number), 0);
  const k = d.findIndex((value) => value !== 0);
  // One more of the opposite sign lets c fall.
  c[k] = (c[k] as number) - ((falls + 1) * Math.sign(d[k] as number)) / Math.abs(d[k] as number);
  model.minimize(dotOf(c, z));
  for (let i = draw.below(n + 2); i > 0; --i) {
    const row = d.map(() => (draw.chance(0.6) ? integer() : 0));
    const [at, change] = [rounded(dot(row, x)), rounded(dot(row, d))];
    if (change <= 0) model.atMost(dotOf(row, z), at + draw.below(3));
    else model.atLeast(dotOf(row, z), at - draw.below(3));
  }
  const result = await minimize(model, { method: 'simplex', timeLimit: 20 });
  const wrong: string[] = [];
  if (result.status === 'solved' || result.status === 'infeasible') wrong.push(`${result.status}, though it falls`);
  if (result.status === 'unbounded') {
    const { x: from, direction } = result.certificate.proof ?? {};
    if (from === undefined || direction === undefined) wrong.push('unbounded without a ray');
    else if (!(sign(dot(c, Array.from(direction))) < 0)) wrong.push('the objective does not fall along the ray');
    else {
      const outside = Array.from(direction).some(
        (value, j) => (value < 0 && lower[j] !== -infinity) || (value > 0 && upper[j] !== infinity),
      );
      if (outside) wrong.push('the ray leaves the bounds');
    }
  }
  return { status: result.status, wrong };
};

/** y^T A x <= y^T b for all points, yet another row asks for more: by integers, without rounding. */
const contradictions: Trial = async (seed) => {
  const draw = new Draw(seed);
  const n = 2 + draw.below(6);
  const m = 1 + draw.below(n + 2);
  const integer = () => draw.below(7) - 3;
  const A = Array.from({ length: m }, () => Array.from({ length: n }, integer));
  const b = A.map(() => draw.below(20) - 10);
  const y = A.map(() => draw.below(4));
  const total = Array.from({ length: n }, (_, j) =>
    A.reduce((sum, row, i) => sum + (row[j] as number) * (y[i] as number), 0),
  );
  const most = b.reduce((sum, side, i) => sum + side * (y[i] as number), 0);
  const more = draw.chance(0.5) ? 1 : 2 ** -20;
  const bounded = draw.chance(0.5) ? { lower: -5, upper: 5 } : {};
  const G = [...A, total];
  const sides = { atMost: [...b, infinity], atLeast: [...b.map(() => -infinity), most + more] };
  const program = quadraticProgram({ c: total.map(integer), G, ...sides, ...bounded });
  const { status, certificate } = await minimize(program, { method: 'simplex', timeLimit: 20 });
  const wrong: string[] = [];
  if (status === 'solved' || status === 'unbounded') wrong.push(`${status}, though no point is feasible`);
  const proof = certificate.proof?.y;
  if (status === 'infeasible') {
    if (certificate.kind !== 'global' || proof === undefined) wrong.push('infeasible without a certificate');
    else if (!shows(Array.from(proof), G, sides, bounded)) wrong.push('the certificate proves nothing');
  }
  return { status, wrong };
};

/** Returns true if y^T G x is above what the sides allow wherever |x_j| is at most 5, or a million. */
function shows(
  y: number[],
  G: number[][],
  { atMost: high, atLeast: low }: { atMost: number[]; atLeast: number[] },
  { upper = 1e6 }: { upper?: number },
): boolean {
  let gap = zero;
  for (const [i, factor] of y.entries()) {
    if (factor === 0) continue;
    const side = (factor > 0 ? high[i] : low[i]) as number;
    if (!Number.isFinite(side)) return false;
    gap = add(gap, negative(multiply(exact(factor), exact(side))));
  }
  for (let j = 0; j < (G[0] as number[]).length; ++j) {
    const d = dot(
      y,
      G.map((row) => row[j] as number),
    );
    gap = add(gap, negative(multiply(sign(d) < 0 ? negative(d) : d, exact(upper))));
  }
  return sign(gap) > 0;
}

export const simplexClaims: Record<string, Claim> = {
  'planted vertices by the simplex method': { trial: optima, cases: 10_000, shows: 'global' },
  'rays by the simplex method': { trial: rays, cases: 10_000, shows: 'unbounded' },
  'contradictions by the simplex method': { trial: contradictions, cases: 10_000, shows: 'infeasible' },
};
