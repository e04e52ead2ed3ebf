// Random smooth programs whose results are checked by their formulas and differences of these.
import { minimize } from '../../src/index.js';
import { type Claim, numbers, type Trial } from '../contract/problem.js';
import { evaluate, modelOf, randomProblem, violationAt } from '../problems/random.js';
import { convexClaims } from './convexClaims.js';
import { farClaims } from './farClaims.js';
import { linearClaims } from './linearClaims.js';
import { preparedClaims } from './preparedClaims.js';
import { sensitivityClaims } from './sensitivityClaims.js';
import { simplexClaims } from './simplexClaims.js';
import { unboundedClaims } from './unboundedClaims.js';

/** The derivatives of a function by central differences. */
function gradientOf(f: (x: readonly number[]) => number, x: readonly number[]): number[] {
  return x.map((value, j) => {
    const step = 1e-6 * Math.max(1, Math.abs(value));
    const at = (to: number) => f(x.map((each, k) => (k === j ? to : each)));
    return (at(value + step) - at(value - step)) / (2 * step);
  });
}

/** The least second difference of a function along some directions of the variables that are free. */
function leastCurvature(f: (x: readonly number[]) => number, x: readonly number[], free: readonly boolean[]): number {
  const step = 1e-4 * Math.max(1, ...x.map(Math.abs));
  const along = Array.from({ length: 20 }, (_, k) => numbers(x.length, k + 1).map((d, j) => (free[j] ? d : 0)));
  const differences = along.map((d) => {
    const [up, down] = [1, -1].map((sign) => f(x.map((value, j) => value + sign * step * (d[j] as number))));
    return ((up as number) + (down as number) - 2 * f(x)) / step ** 2;
  });
  return Math.min(...differences);
}

const descents = ['lbfgs', 'trustRegion', 'gradientRegularized', 'saddleFree', 'oasis'] as const;

/** A random problem and the method that it gets: every fifth one loses its constraints, every tenth its bounds, too, and cannot fall for ever. */
function drawn(seed: number) {
  const problem = randomProblem(seed);
  if (seed % 5 !== 0 || problem.sense === 'none') return { problem, method: 'auto' as const };
  const { lower, objective } = problem;
  const sign = problem.sense === 'maximize' ? -1 : 1;
  const rising = (factor: number) => sign * Math.abs(factor);
  const terms = objective.terms.map((term) => (term.form === 'exp' ? { ...term, factor: rising(term.factor) } : term));
  const squares = lower.map((_, j) => ({ form: 'square' as const, factor: rising(10), j, k: j }));
  const free = {
    objective: { ...objective, terms: [...terms, ...squares] },
    ...{ rows: [], feasible: undefined },
    ...(seed % 10 === 0 && {
      ...{ lower: lower.map(() => Number.NEGATIVE_INFINITY), upper: lower.map(() => Number.POSITIVE_INFINITY) },
    }),
  };
  return { problem: { ...problem, ...free }, method: descents[Math.floor(seed / 10) % descents.length] };
}

export const trial: Trial = async (seed) => {
  const { problem, method } = drawn(seed);
  const { sense, objective, rows, lower, upper } = problem;
  const result = await minimize(modelOf(problem), { method });
  const x = Array.from(result.x);
  const wrong: string[] = [];
  const expect = (what: string, holds: boolean) => {
    if (!holds) wrong.push(what);
  };
  // Squares of what runs away leave nothing but rounding.
  const far = x.some((entry) => Math.abs(entry) > 1e6);
  const value = sense === 'none' ? 0 : evaluate(objective, x);
  expect('objective', far || Math.abs(value - result.objective) <= 1e-9 * Math.max(1, Math.abs(value)));
  // Curved constraints may be infeasible nearby only.
  if (result.status === 'infeasible' && problem.kind !== 'nonlinear') {
    expect(
      'infeasible, though a point is known that is not',
      problem.feasible === undefined || violationAt(problem, problem.feasible) > 1e-9,
    );
  }
  if (result.status === 'unbounded') {
    const met = [problem.start, problem.feasible].filter((at) => at !== undefined && violationAt(problem, at) <= 1e-9);
    const isLower = met.every(
      (at) => (sense === 'maximize' ? -1 : 1) * (value - evaluate(objective, at as number[])) < 0,
    );
    expect('unbounded in a box', lower.some((low) => low <= -1e19) || upper.some((high) => high >= 1e19));
    expect('unbounded, though a point is known that is as low', sense !== 'none' && isLower);
  }
  if (result.status !== 'solved') return { status: result.status, wrong };
  const { kind, inertia } = result.certificate;
  const kinds = ['stationary', 'local', 'bounded', 'global'];
  expect(`solved with certificate '${kind}'`, kinds.includes(kind));
  expect('local by another inertia', kind !== 'local' || (inertia?.negative === 0 && inertia.zero === 0));
  if (kind === 'local' && rows.length === 0 && !far) {
    const free = x.map((entry, j) => entry > (lower[j] as number) && entry < (upper[j] as number));
    const least = leastCurvature((at) => (sense === 'maximize' ? -1 : 1) * evaluate(objective, at), x, free);
    expect(`local with curvature ${least}`, sense === 'none' || least >= -1e-5 * Math.max(1, Math.abs(value)));
  }
  expect(`violation ${violationAt(problem, x)}`, violationAt(problem, x) <= 1e-6);
  // L = f + multipliers^T c - lowerMultipliers^T (x - xl) - upperMultipliers^T (xu - x); a maximisation has all signs turned.
  const sign = sense === 'maximize' ? -1 : 1;
  const [lambda, low, high] = [result.multipliers, result.lowerMultipliers, result.upperMultipliers].map((each) =>
    Array.from(each, (entry) => sign * entry),
  ) as [number[], number[], number[]];
  const slope = gradientOf((at) => (sense === 'none' ? 0 : sign * evaluate(objective, at)), x);
  let size = 1 + Math.max(...slope.map(Math.abs));
  rows.forEach((row, i) => {
    const factor = lambda[i] as number;
    gradientOf((at) => evaluate(row, at), x).forEach((entry, j) => {
      slope[j] = (slope[j] as number) + factor * entry;
      size = Math.max(size, Math.abs(factor * entry));
    });
    if (row.low === row.high) return;
    const c = evaluate(row, x);
    const room = factor > 0 ? row.high - c : c - row.low;
    expect(`complementarity of row ${i}`, Math.abs(factor) <= 1e-5 * size || Math.abs(factor) * room <= 1e-4 * size);
  });
  slope.forEach((entry, j) => {
    const left = entry - (low[j] as number) + (high[j] as number);
    expect(`gradient of the Lagrangian ${left} in x[${j}]`, Math.abs(left) <= 1e-4 * size);
    expect(`signs of the multipliers of x[${j}]`, (low[j] as number) >= -1e-9 && (high[j] as number) >= -1e-9);
    const rooms = [
      (low[j] as number) * ((x[j] as number) - (lower[j] as number)),
      (high[j] as number) * ((upper[j] as number) - (x[j] as number)),
    ];
    for (const room of rooms)
      expect(`complementarity of x[${j}]`, !Number.isFinite(room) || Math.abs(room) <= 1e-4 * size);
  });
  return { status: result.status, wrong };
};

export const claims: Record<string, Claim> = {
  ...linearClaims,
  ...unboundedClaims,
  ...farClaims,
  ...convexClaims,
  ...preparedClaims,
  ...sensitivityClaims,
  ...simplexClaims,
};
