// Best subsets of columns most of which depend on each other, against all subsets of at most ten columns, and against small ones of many:
// no bound is above the objective of a subset that it is told for, and what is called solved has the least. Each subset is fitted by
// projections of its own on the rows, which shares nothing with the solver.
import { bestSubset, type SparseResult } from '../../src/sparse/index.js';
import type { Claim, Trial } from '../contract/problem.js';
import { sparseRegression } from '../flat.js';
import { solved, sumsOf } from './subsets.js';
import { columnsOf, Draws, problemOf, scalesOf } from './values.js';

/** The rest of a column beside others, over its length, below which it depends on them. */
const dependent = 1e-9;

/** Over the null model's loss, what a bound may be above the least objective by. */
const allowed = 2e-6;

/** The size that rounding leaves of 0, over the squares of the response. */
const rounding = 1e-14;

/** A regression whose columns are as they are penalised. */
interface Problem {
  columns: Float64Array[];
  y: Float64Array;
  /** The cost of each column: Infinity leaves it out, 0 has it in every subset. */
  costs: Float64Array;
  /** The rows' weights, which sum to 1. */
  weights: Float64Array;
  ridge: number;
  intercept: boolean;
  size: number;
}

/** The known values of a problem: the least objective, that of the null model, and what a claim may be off by. */
interface Known {
  least: number;
  none: number;
  allowed: number;
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** The rest of a vector beside an orthonormal basis. */
function beside(vector: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const left = vector.slice();
  for (let pass = 0; pass < 2; ++pass) {
    for (const of of basis) {
      const share = dot(left, of);
      for (let i = 0; i < left.length; ++i) left[i] = (left[i] as number) - share * (of[i] as number);
    }
  }
  return left;
}

/** The objective of a fit by its definition, over coefficients of the columns as they are penalised. */
function objectiveOf({ columns, y, costs, weights, ridge, size }: Problem, b: Float64Array, intercept: number): number {
  const loss = y.reduce((sum, value, i) => {
    const rest = columns.reduce(
      (left, column, j) => left - (column[i] as number) * (b[j] as number),
      value - intercept,
    );
    return sum + ((weights[i] as number) * rest ** 2) / 2;
  }, 0);
  return b.reduce((sum, value, j) => {
    if (value === 0 || costs[j] === 0) return sum;
    return sum + (ridge * value ** 2) / 2 + (Number.isFinite(size) ? 0 : (costs[j] as number));
  }, loss);
}

/** The least objective over all subsets, and that of the null model. */
function leastOf({ columns, y, costs, weights, ridge, intercept, size }: Problem): Known {
  const n = y.length;
  const root = weights.map(Math.sqrt);
  // The squares of coefficients are those of further rows.
  const row = (of: ArrayLike<number>, further: number) =>
    Float64Array.from({ length: n + columns.length }, (_, i) =>
      i < n ? (root[i] as number) * (of[i] as number) : i - n === further ? Math.sqrt(ridge) : 0,
    );
  const basis: Float64Array[] = [];
  const takeIn = (vector: Float64Array): Float64Array | undefined => {
    const left = beside(vector, basis);
    const length = Math.sqrt(dot(left, left));
    return length > dependent * Math.sqrt(dot(vector, vector)) ? left.map((value) => value / length) : undefined;
  };
  if (intercept) basis.push(takeIn(row(new Float64Array(n).fill(1), -1)) as Float64Array);
  const all = columns.map((column, j) => row(column, costs[j] === 0 ? -1 : j));
  for (const [j, column] of all.entries()) {
    const direction = costs[j] === 0 ? takeIn(column) : undefined;
    if (direction) basis.push(direction);
  }
  const rest = beside(row(y, -1), basis);
  const none = dot(rest, rest) / 2;
  let least = none;
  const visit = (from: number, count: number, loss: number, cost: number) => {
    least = Math.min(least, loss + cost);
    for (let j = from; j < all.length && count < size; ++j) {
      if (costs[j] === 0 || costs[j] === Number.POSITIVE_INFINITY) continue;
      const direction = takeIn(all[j] as Float64Array);
      // A subset with a column that depends on others is no better than without it.
      if (!direction) continue;
      basis.push(direction);
      visit(
        j + 1,
        count + 1,
        loss - dot(direction, rest) ** 2 / 2,
        cost + (Number.isFinite(size) ? 0 : (costs[j] as number)),
      );
      basis.pop();
    }
  };
  visit(0, 0, none, 0);
  return { least, allowed: allowed * none + rounding * dot(row(y, -1), row(y, -1)), none };
}

const kinds = ['numbers', 'integers', 'zerosAndOnes', 'duplicates', 'rank3', 'nearlyEqual', 'scales', 'sums'] as const;

/** Columns of a kind, and a response that some of them explain; for columns that are nearly equal, also what parts them. */
function drawnColumns(draws: Draws, n: number, p: number): { columns: Float64Array[]; y: Float64Array } {
  const integer = (count: number) => Math.floor(count * draws.uniform());
  const kind = kinds[integer(kinds.length)] as (typeof kinds)[number];
  const normals = () => Float64Array.from({ length: n }, () => draws.normal());
  const entry = { integers: () => integer(9) - 4, zerosAndOnes: () => Number(draws.uniform() < 0.4) };
  const plain = kind === 'integers' || kind === 'zerosAndOnes' ? entry[kind] : () => draws.normal();
  const columns = Array.from({ length: p }, () => Float64Array.from({ length: n }, plain));
  const combine = (terms: readonly (readonly [number, Float64Array])[]) =>
    Float64Array.from({ length: n }, (_, i) => terms.reduce((sum, [by, of]) => sum + by * (of[i] as number), 0));
  const other = (j: number) => columns[integer(j)] as Float64Array;
  const weak = 10 ** -(1 + 5 * draws.uniform());
  const base = [normals(), normals(), normals()] as const;
  for (let j = 1; j < p; ++j) {
    if (kind === 'duplicates' && draws.uniform() < 0.5) columns[j] = combine([[integer(2) ? 1 : -3, other(j)]]);
    if (kind === 'nearlyEqual' && draws.uniform() < 0.6)
      columns[j] = combine([
        [1, other(j)],
        [weak, normals()],
      ]);
    if (kind === 'sums' && draws.uniform() < 0.4)
      columns[j] = combine([
        [1, other(j)],
        [integer(2) ? 1 : -1, other(j)],
      ]);
  }
  if (kind === 'rank3')
    columns.forEach((_, j) => {
      columns[j] = combine(base.map((of) => [integer(7) - 3, of] as const));
    });
  if (kind === 'scales')
    columns.forEach((of, j) => {
      columns[j] = combine([[10 ** (12 * draws.uniform() - 6), of]]);
    });
  const length = (of: Float64Array) => Math.sqrt(dot(of, of)) || 1;
  const noise = [0, 0.1, 1, 3][integer(4)] as number;
  const terms = Array.from({ length: 1 + integer(3) }, () => {
    const [a, b] = [other(p), other(p)];
    // A response that parts two columns takes large coefficients of both.
    const of =
      draws.uniform() < 0.3
        ? combine([
            [1, a],
            [-1, b],
          ])
        : a;
    return [draws.normal() / length(of), of] as const;
  });
  return { columns, y: combine([...terms, [noise / Math.sqrt(n), normals()]]) };
}

/** Returns the false claims of a fit. */
function refuted(fit: SparseResult, scales: Float64Array, problem: Problem): string[] {
  const { status, objective, certificate, lowerBound, support } = fit;
  const { least, allowed } = leastOf(problem);
  const wrong: string[] = [];
  const b = fit.coefficients.map((value, j) => value * (scales[j] || 1));
  // Coefficients are rounded, and with them what large ones of columns that are nearly equal leave of each other.
  const size = b.reduce(
    (sum, value, j) => sum + value ** 2 * dot(problem.columns[j] as Float64Array, problem.columns[j] as Float64Array),
    0,
  );
  const own = objectiveOf(problem, b, fit.intercept);
  if (!(Math.abs(own - objective) <= allowed + 1e-15 * size))
    wrong.push(`objective ${objective}, by definition ${own}`);
  const chosen = support.filter((j) => problem.costs[j] !== 0).length;
  if (chosen > problem.size) wrong.push(`${chosen} columns of at most ${problem.size}`);
  if (status === 'solved' && !(objective <= least + allowed))
    wrong.push(`solved with ${objective}, but a subset has ${least}`);
  if (lowerBound !== undefined && !(lowerBound <= least + allowed)) {
    wrong.push(`bound ${lowerBound} above ${least} of a subset`);
  }
  if (status === 'solved' && certificate.kind !== 'global') wrong.push(`solved with certificate '${certificate.kind}'`);
  return wrong;
}

/** Draws a problem by lambda or by size, solves it, and looks at all subsets. */
export const trial: Trial = async (seed) => {
  const draws = new Draws(seed + 7000);
  const integer = (count: number) => Math.floor(count * draws.uniform());
  const some = (share: number) => draws.uniform() < share;
  const [n, p] = [4 + integer(57), 2 + integer(9)];
  const { columns: given, y } = drawnColumns(draws, n, p);
  const [intercept, standardize] = [some(0.8), some(0.6)];
  const sampleWeight = some(0.2) ? y.map(() => 0.2 + draws.uniform()) : undefined;
  const penaltyFactor = some(0.25)
    ? given.map(() => [0, 0.5, 1, 2, Number.POSITIVE_INFINITY][1 + integer(3.6)] as number)
    : undefined;
  if (penaltyFactor && some(0.3)) penaltyFactor[integer(p)] = 0;
  const ridge = some(0.15) ? 10 ** (-1 - 3 * draws.uniform()) : 0;
  const bySize = some(0.4) && !penaltyFactor;
  const total = sampleWeight?.reduce((sum, weight) => sum + weight, 0) ?? n;
  const scales = scalesOf(problemOf(given, y, { standardize, ...(sampleWeight && { weights: sampleWeight }) }));
  const problem: Problem = {
    ...{ y, ridge, intercept, size: bySize ? integer(p + 2) : Number.POSITIVE_INFINITY },
    columns: given.map((column, j) => column.map((value) => value / (scales[j] || 1))),
    costs: Float64Array.from(penaltyFactor ?? given.map(() => 1)),
    weights: Float64Array.from(y, (_, i) => (sampleWeight?.[i] ?? 1) / total),
  };
  const { none } = leastOf({ ...problem, size: 0 });
  const lambda = none * 10 ** (-3 * draws.uniform() - 0.3) || 1;
  problem.costs = problem.costs.map((factor) => factor * lambda);
  const x = {
    rows: n,
    columns: p,
    data: Float64Array.from({ length: n * p }, (_, k) => (given[k % p] as Float64Array)[Math.floor(k / p)] as number),
  };
  const fit = await sparseRegression(
    { x, y, ...(sampleWeight && { sampleWeight }) },
    {
      ...{ penalty: bestSubset({ ridge }), standardize, intercept, ...(penaltyFactor && { penaltyFactor }) },
      ...(bySize ? { size: problem.size } : { lambda }),
    },
  );
  return { status: fit.status, wrong: refuted(fit, scales, problem) };
};

export const subsets: Claim = { trial, cases: 2000 };

/**
 * More columns than are enumerated, and fewer rows, so that coefficients are kept to `largest`: no subset of up to three columns with
 * coefficients up to that is below the bound, and no subset that is called solved has a coefficient of that size.
 */
const ofMany: Trial = async (seed) => {
  const draws = new Draws(seed + 9000);
  const integer = (count: number) => Math.floor(count * draws.uniform());
  const [n, p] = [4 + integer(6), 41 + integer(10)];
  const x = { rows: n, columns: p, data: Float64Array.from({ length: n * p }, () => integer(9) - 4) };
  for (let j = 0; j < p; ++j) x.data[j] = (x.data[j] as number) + 0.5;
  const y = Float64Array.from({ length: n }, () => integer(7) - 3 + (draws.uniform() < 0.1 ? 5 : 0));
  const bySize = draws.uniform() < 0.5;
  const [size, lambda] = [bySize ? 1 + integer(3) : 3, bySize ? 0 : 0.05 + 0.3 * draws.uniform()];
  const fit = await sparseRegression(
    { x, y },
    { penalty: bestSubset(), standardize: false, ...(bySize ? { size } : { lambda }), maxNodes: 2000 },
  );
  const { lowerBound, status, coefficients } = fit;
  const largest = lowerBound === undefined ? Number.NaN : (fit.largest ?? Number.POSITIVE_INFINITY);
  const wrong: string[] = [];
  const most = coefficients.reduce((size, b) => Math.max(size, Math.abs(b)), 0);
  if (status === 'solved' && !(most < largest * (1 - 1e-6)))
    wrong.push(`solved with a coefficient of ${most} beside ${largest}`);
  if (lowerBound === undefined) return { status, wrong };
  const sums = sumsOf(columnsOf(x), y, new Float64Array(n).fill(1), { standardize: false });
  eachSubset(p, size, (chosen) => {
    const b = solved(
      chosen.map((i) => chosen.map((j) => sums.gram[i]?.[j] as number)),
      chosen.map((j) => sums.products[j] as number),
    );
    if (b.some((value) => Math.abs(value) > largest)) return;
    const gain = chosen.reduce((sum, j, k) => sum + ((sums.products[j] as number) * (b[k] as number)) / 2, 0);
    const objective = sums.squares / 2 - gain + lambda * chosen.length;
    if (lowerBound > objective + (allowed * sums.squares) / 2)
      wrong.push(`bound ${lowerBound} above ${objective} of ${chosen}`);
  });
  return { status, wrong: wrong.slice(0, 3) };
};

/** Calls a function with each subset of at most so many of some columns. */
function eachSubset(columns: number, most: number, f: (chosen: number[]) => void): void {
  const visit = (chosen: number[]): void => {
    f(chosen);
    for (let j = (chosen.at(-1) ?? -1) + 1; j < columns && chosen.length < most; ++j) visit([...chosen, j]);
  };
  visit([]);
}

export const subsetsOfMany: Claim = { trial: ofMany, cases: 300 };
