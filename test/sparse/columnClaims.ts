// Random regressions on columns that arithmetic finds hard: far from 0, very large or small, copies of others, of low rank, with weights
// that are all but 0. The judge takes each column's shift and scale away before it computes, which changes no claim.
import {
  elasticNet,
  groupLasso,
  groupMcp,
  lasso,
  mcp,
  type SparsePenalty,
  type SparseResult,
  scad,
  sparseGroupLasso,
} from '../../src/sparse/index.js';
import type { Claim, Trial } from '../contract/problem.js';
import { sparseRegression } from '../flat.js';
import { blockBoundAt, blockObjectiveAt, blockProblemOf, blockViolationAt } from './blocks.js';
import { exactDot } from './exact.js';
import { numbersOf } from './numbersOf.js';
import {
  asSparse,
  columnsOf,
  Draws,
  drawn,
  type Family,
  gradientAt,
  lowerBoundAt,
  nullScale,
  objectiveAt,
  type Problem,
  problemOf,
  violationAt,
} from './values.js';

const at = (values: ArrayLike<number>, k: number): number => values[k] as number;
const families: Family[] = ['gaussian', 'binomial', 'poisson', 'gamma'];
const limits = { tolerance: 1e-7 };

/** Columns x_j = scale_j (z_j + 2^k_j), rounded, and responses alike. */
interface Columns {
  x: { data: Float64Array; rows: number; columns: number };
  y: Float64Array;
  yShift: number;
  /** scale_j 2^k_j, or 0. */
  shifts: Float64Array;
  scales: Float64Array;
}

function columnsOfAllKinds(
  draws: Draws,
  seed: number,
  given: { family: Family; shifted: boolean; scaled: number },
): Columns {
  const integer = (count: number) => Math.floor(count * draws.uniform());
  const some = (share: number) => draws.uniform() < share;
  const [rows, columns] = [10 + integer(40), 1 + integer(8)];
  const { x, y } = drawn(seed, given.family, rows, columns);
  const z = columnsOf(x);
  z.forEach((column, j) => {
    if (j === 0 || !some(0.3)) return;
    // A copy of one column, or a sum of two.
    const [a, b] = [z[integer(j)], z[integer(j)]] as [Float64Array, Float64Array];
    const second = some(0.5) ? 0 : 1;
    column.forEach((_, i) => {
      column[i] = at(a, i) + second * at(b, i);
    });
  });
  const scales = Float64Array.from(z, () =>
    some(0.5) ? 10 ** Math.round(given.scaled * (2 * draws.uniform() - 1)) : 1,
  );
  const shifts = Float64Array.from(scales, (scale) => (given.shifted && some(0.7) ? scale * 2 ** integer(51) : 0));
  z.forEach((column, j) => {
    const shift = at(shifts, j) / at(scales, j);
    column.forEach((value, i) => {
      x.data[i * columns + j] = at(scales, j) * (value + shift);
    });
  });
  const yShift = given.family === 'gaussian' && given.shifted && some(0.3) ? 2 ** integer(40) : 0;
  return { x, y: y.map((value) => value + yShift), yShift, shifts, scales };
}

/** Weights of which some are 1e-12 of the others. */
const weightsOf = (draws: Draws, count: number) =>
  Float64Array.from({ length: count }, () => (draws.uniform() < 0.3 ? 1e-12 : 0.2 + draws.uniform()));

/** The columns that a fit leaves out as constant, those that are not quite constant with what it has to say of them. */
function leftOut(fit: SparseResult, x: readonly Float64Array[], weights: ArrayLike<number> | undefined) {
  const wrong: string[] = [];
  for (const j of fit.constantColumns) {
    const counted = (x[j] as Float64Array).filter((_, i) => !weights || at(weights, i) > 0);
    const constant = counted.every((value) => value === counted[0]);
    const told = fit.without?.includes(j) ?? false;
    if (constant === told)
      wrong.push(`column ${j}, ${constant ? '' : 'not '}constant, is ${told ? '' : 'not '}told of`);
    const size = Math.max(...counted.map(Math.abs));
    const spread = Math.max(...counted.map((value) => Math.abs(value - at(counted, 0))));
    if (spread > 1e-10 * size) wrong.push(`column ${j} varies by ${spread}, beside ${size}, and is left out`);
    if (fit.coefficients[j] !== 0) wrong.push(`coefficient ${j} of a constant column is ${fit.coefficients[j]}`);
  }
  if (fit.without && !fit.message.includes('left out as constant')) wrong.push(`message: ${fit.message}`);
  return wrong;
}

/** A point of columns less their shifts over their scales, its intercept without what rounding to a double cost. */
function judgedPoint(
  problem: Problem,
  fit: SparseResult,
  { shifts, scales, yShift }: Columns,
  kept: readonly number[],
) {
  const own = (all: ArrayLike<number>) => kept.map((j) => at(all, j));
  const coefficients = own(fit.coefficients).map((b, k) => b * at(own(scales), k));
  const point = {
    coefficients,
    intercept: exactDot([1, 1, ...own(fit.coefficients)], [fit.intercept, -yShift, ...own(shifts)]),
  };
  if (!problem.intercept) return point;
  const rounding = Number.EPSILON * Math.abs(fit.intercept);
  // The slope along the intercept rises.
  let [low, high] = [point.intercept - rounding, point.intercept + rounding];
  for (let k = 0; k < 60; ++k) {
    const middle = (low + high) / 2;
    if (gradientAt(problem, { coefficients, intercept: middle }).intercept < 0) low = middle;
    else high = middle;
  }
  return { coefficients, intercept: (low + high) / 2 };
}

/** The share of predictions, sums of large terms, that rounding may leave. */
const roundingOf = (columns: readonly Float64Array[], b: ArrayLike<number>) =>
  16 *
  Number.EPSILON *
  columns.reduce((sum, column, j) => sum + Math.abs(at(b, j)) * Math.max(...column.map(Math.abs)), 0);

const close = (a: number, b: number, rounding = 0) => Math.abs(a - b) <= 1e-9 * (1 + Math.abs(a)) + rounding;

/** Returns the false claims of a fit, by these values of its own point. */
function wrongOf(
  fit: SparseResult,
  own: {
    lambda: number;
    objective: number;
    violation: number;
    bound: number | undefined;
    scale: number;
    rounding: number;
  },
): string[] {
  const wrong: string[] = [];
  const { objective, bound } = own;
  const { status } = fit;
  const size = 1 + Math.abs(objective);
  if (!close(objective, fit.objective, own.rounding)) wrong.push(`objective ${fit.objective}, which is ${objective}`);
  const { lowerBound, gap } = fit;
  if (lowerBound !== undefined && gap !== undefined) {
    if (!(lowerBound <= objective + 1e-9 * size)) wrong.push(`bound ${lowerBound} above ${objective}`);
    if (!close(gap * own.scale, fit.objective - lowerBound))
      wrong.push(`gap ${gap}, which is ${(fit.objective - lowerBound) / own.scale}`);
  }
  if (status !== 'solved') return wrong;
  if (!(own.violation <= 5e-3 * own.lambda + 1e-9)) wrong.push(`violation ${own.violation} at lambda ${own.lambda}`);
  if (bound !== undefined && !(objective - bound <= 1e-5 * size))
    wrong.push(`objective ${objective}, but the bound by definition is ${bound}`);
  return wrong;
}

/** Penalties of single coefficients, and of groups. */
const columns: Trial = async (seed) => {
  const draws = new Draws(seed + 7000);
  const some = (share: number) => draws.uniform() < share;
  const family = families[Math.floor(4 * draws.uniform())] as Family;
  const settings = { family, standardize: some(0.7), intercept: some(0.8), lambda: 0.3 * draws.uniform() ** 2 + 2e-3 };
  // Without standardisation the penalty is one of coefficients in the units of x: those of very large columns have next to none.
  const drawnColumns = columnsOfAllKinds(draws, seed, {
    ...{ family, shifted: settings.intercept, scaled: settings.standardize ? 100 : 1 },
  });
  const { x, y: given, shifts, yShift } = drawnColumns;
  const y = given.map((value) => value - yShift);
  const weights = some(0.4) ? weightsOf(draws, y.length) : undefined;
  const penalties: SparsePenalty[] = [lasso(), elasticNet(0.5), elasticNet(0), mcp({ gamma: 2.5 }), scad()];
  const grouped: SparsePenalty[] = [groupLasso(), sparseGroupLasso(0.4), groupMcp()];
  const ofGroups = some(0.3);
  const penalty = (ofGroups ? grouped : penalties)[Math.floor((ofGroups ? 3 : 5) * draws.uniform())] as SparsePenalty;
  const groups = Array.from({ length: x.columns }, (_, j) => Math.floor(j / 2));
  const fit = await sparseRegression(
    { x: some(0.3) ? asSparse(x, 'csc') : x, y: given, sampleWeight: weights, ...(ofGroups && { groups }) },
    { ...settings, ...limits, penalty },
  );
  const all = columnsOf(x);
  const kept = groups.flatMap((_, j) => (fit.constantColumns.includes(j) ? [] : [j]));
  // Without standardisation the units of coefficients are those of x.
  const units = settings.standardize ? drawnColumns.scales : drawnColumns.scales.map(() => 1);
  const judged = kept.map((j) => (all[j] as Float64Array).map((value) => (value - at(shifts, j)) / at(units, j)));
  const { lambda, ...others } = settings;
  const { kind, ...shape } = numbersOf(penalty);
  const numbers = {
    ...{ ...others, ...shape },
    ...(weights && { weights }),
  };
  const problem = problemOf(judged, y, { ...numbers, ...(!ofGroups && { kind }) });
  const wrong = leftOut(fit, all, weights);
  const point = judgedPoint(problem, fit, { ...drawnColumns, scales: units }, kept);
  const scale = nullScale(problem, fit.nullDeviance);
  const rounding = roundingOf(judged, point.coefficients);
  const convex = fit.gap !== undefined;
  if (!ofGroups) {
    const [objective, violation] = [objectiveAt(problem, lambda, point), violationAt(problem, lambda, point)];
    const bound = convex ? lowerBoundAt(problem, lambda, point) : undefined;
    wrong.push(...wrongOf(fit, { lambda, objective, violation, bound, scale, rounding }));
    return { status: fit.status, wrong };
  }
  // Factors are those of whole groups, whatever is left out of them.
  const used = [...new Set(kept.map((j) => at(groups, j)))];
  const factors = used.map((g) => Math.sqrt(groups.filter((of) => of === g).length));
  const block = blockProblemOf(
    { data: new Float64Array(y.length * kept.length), rows: y.length, columns: kept.length },
    [y],
    {
      ...numbers,
      x: judged,
      kind: kind as 'groupLasso',
      groups: kept.map((j) => used.indexOf(at(groups, j))),
      factors,
    },
  );
  const blockPoint = { coefficients: point.coefficients, intercepts: [point.intercept] };
  const objective = blockObjectiveAt(block, lambda, blockPoint);
  const violation = blockViolationAt(block, lambda, blockPoint);
  const bound = convex ? blockBoundAt(block, lambda, blockPoint) : undefined;
  wrong.push(...wrongOf(fit, { lambda, objective, violation, bound, scale, rounding }));
  return { status: fit.status, wrong };
};

export const columnClaims: Record<string, Claim> = {
  'columns that arithmetic finds hard': { trial: columns, cases: 2000 },
};
