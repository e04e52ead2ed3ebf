// Ratios whose results are checked by the definitions of their terms: no change of one coordinate makes them better.
import {
  affine,
  l1,
  l1Squared,
  leastSquares,
  logistic,
  lpNorm,
  nonNegative,
  norm1,
  norm2,
  normInf,
  sumLog,
  sumSqrt,
  sumSquares,
  topK,
} from '../../src/fractional/index.js';
import { type FractionalProblem, type Matrix, minimizeRatio } from '../../src/index.js';
import { numbers, type Trial } from '../contract/problem.js';
import { type Draw, ratioAt, roundingAt, termAt, vector } from './values.js';

/** A random ratio of a kind; `changed` makes other rows of those that are drawn. */
export function problemOf(draw: Draw, kind: number, changed: (A: Matrix) => Matrix = (A) => A): FractionalProblem {
  const n = 2 + Math.floor(4 * draw.uniform());
  const m = n + Math.floor(5 * draw.uniform());
  const A = changed(draw.matrix(m, n));
  const positive = (count: number) => vector(count, () => 0.2 + draw.uniform());
  const fit =
    kind % 2 === 0
      ? leastSquares(A, draw.normals(m))
      : logistic(
          A,
          vector(m, () => (draw.uniform() < 0.5 ? -1 : 1)),
        );
  const lambda = 0.05 + draw.uniform();
  const start = positive(n);
  const norms = [
    norm1(),
    norm2(),
    normInf(),
    topK(1 + (kind % n), { shift: 0.1 }),
    lpNorm(draw.matrix(m, n), kind % 3 === 0 ? 1 : 4),
    sumSquares({ constant: 0.5 }),
  ];
  const concave = [
    sumSqrt({ epsilon: 0.1, shift: 0.1 }),
    sumLog(positive(n), { shift: 0.2 }),
    affine(positive(n), 0.3),
  ];
  if (kind % 3 === 2)
    return { numerator: [fit, l1(lambda), nonNegative()], denominator: concave[kind % concave.length] as never, start };
  return {
    numerator: [fit, kind % 4 === 0 ? l1Squared(lambda) : l1(lambda)],
    denominator: norms[kind % norms.length] as never,
    start,
  };
}

/**
 * The numerator after a step t of coordinate i; what is no parabola itself counts as the one with its largest curvature that touches it at x
 * (docs/fractional.md), with a slope by differences.
 */
function numeratorAlong(problem: FractionalProblem, x: Float64Array, i: number): (t: number) => number {
  const moved = (t: number): Float64Array => x.map((value, k) => (k === i ? value + t : value));
  const parts = problem.numerator.map((term) => {
    if (term.kind !== 'logistic') return (t: number) => termAt(term, moved(t));
    const { data, rows, columns } = term.matrix as Matrix;
    let curvature = 0;
    for (let row = 0; row < rows; ++row) curvature += (data[row * columns + i] as number) ** 2 / 4;
    const slope = (termAt(term, moved(1e-6)) - termAt(term, moved(-1e-6))) / 2e-6;
    return (t: number) => termAt(term, x) + slope * t + (curvature / 2) * t * t;
  });
  return (t) => parts.reduce((sum, part) => sum + part(t), 0);
}

/** The certificates of a solved ratio of these kinds: those with a concave denominator have bounds, `nonNegative()`. */
function kindOf({ numerator, denominator }: FractionalProblem): string {
  if (['sumSqrt', 'sumLog', 'affine'].includes(denominator.kind)) return 'global';
  return numerator.some(({ kind }) => kind === 'logistic') ? 'stationary' : 'coordinateWise';
}

/** A ratio, solved, and what of its result is not true. */
export async function judgedRatio(problem: FractionalProblem, seed: number): ReturnType<Trial> {
  const { status, x, objective, certificate } = await minimizeRatio(problem, { tolerance: 1e-7, seed });
  const wrong: string[] = [];
  const rounding = roundingAt(problem, x);
  if (!(Math.abs(ratioAt(problem, x) - objective) <= 1e-9 * Math.abs(objective) + rounding)) {
    wrong.push(`objective ${objective}, which is ${ratioAt(problem, x)}`);
  }
  if (certificate.kind !== (status === 'solved' ? kindOf(problem) : 'none'))
    wrong.push(`certificate ${certificate.kind}`);
  if (status !== 'solved') return { status, wrong };
  for (let k = 0; k < (certificate.kind === 'global' ? 200 : 0); ++k) {
    const other = numbers(x.length, 200 * seed + k).map((step, j) => Math.max(0, (x[j] as number) + 2 * step));
    const there = termAt(problem.denominator, other) > 0 ? ratioAt(problem, other) : Number.POSITIVE_INFINITY;
    if (there < objective * (1 - 1e-6) - rounding)
      wrong.push(`${other} has ${there} < ${objective}, which is called global`);
  }
  for (let i = 0; i < x.length; ++i) {
    const numerator = numeratorAlong(problem, x, i);
    for (let power = -20; power <= 6; ++power) {
      const size = Math.abs(x[i] as number) || 1;
      for (const t of [2 ** power, -(2 ** power), size * 2 ** power, -size * 2 ** power]) {
        const denominator = termAt(
          problem.denominator,
          x.map((value, k) => (k === i ? value + t : value)),
        );
        const there = denominator > 0 ? numerator(t) / denominator : Number.POSITIVE_INFINITY;
        if (there < objective * (1 - 1e-6) - rounding) wrong.push(`x[${i}] + ${t} has ${there} < ${objective}`);
      }
    }
  }
  return { status, wrong };
}
