// Random regressions whose results are checked by the definitions: objective, conditions of optimality, bounds that they claim.
import { elasticNet, lasso, mcp, type SparsePenalty, scad } from '../../src/sparse/index.js';
import type { Claim, Trial } from '../contract/problem.js';
import { sparseRegression } from '../flat.js';
import { columnClaims } from './columnClaims.js';
import { coxClaims } from './coxClaims.js';
import { numbersOf } from './numbersOf.js';
import { subsets, subsetsOfMany } from './subsetClaims.js';
import { coxRegression, groups, robust, structured } from './trials.js';
import { asSparse, Draws, drawn, type Family, lowerBoundAt, objectiveAt, problemOf, violationAt } from './values.js';

const families: Family[] = ['gaussian', 'binomial', 'poisson', 'gamma'];

/** Penalties of single coefficients. */
const single: Trial = async (seed) => {
  const draws = new Draws(seed + 1000);
  const integer = (count: number) => Math.floor(count * draws.uniform());
  const family = families[integer(4)] as Family;
  const { x, y } = drawn(seed, family, 10 + integer(40), 1 + integer(12));
  const penalties: SparsePenalty[] = [
    lasso(),
    elasticNet(0.5),
    elasticNet(0.05),
    mcp({ gamma: 2.5 }),
    scad(),
    mcp({ alpha: 0.7 }),
  ];
  const penalty = penalties[integer(penalties.length)] as SparsePenalty;
  const some = (share: number) => draws.uniform() < share;
  const sampleWeight = some(0.3) ? y.map(() => (some(0.2) ? 0 : draws.uniform())) : undefined;
  const offset = some(0.3) ? draws.normals(y.length).map((value) => value / 3) : undefined;
  const penaltyFactor = some(0.3) ? new Float64Array(x.columns).map(() => 0.2 + 2 * draws.uniform()) : undefined;
  const lowerBounds = some(0.2) ? new Float64Array(x.columns).map(() => -draws.uniform()) : undefined;
  const settings = {
    penalty,
    family,
    standardize: some(0.7),
    intercept: some(0.8),
    lambda: 0.3 * draws.uniform() ** 2 + 1e-3,
  };
  const matrix = some(0.3) ? asSparse(x, some(0.5) ? 'csc' : 'csr') : x;
  const fit = await sparseRegression(
    { x: matrix, y, sampleWeight, offset },
    { ...settings, penaltyFactor, lowerBounds, tolerance: 1e-7 },
  );
  const problem = problemOf(x, y, {
    ...{ ...settings, ...numbersOf(penalty) },
    ...(sampleWeight && { weights: sampleWeight }),
    ...(offset && { offset }),
    ...(penaltyFactor && { factors: penaltyFactor }),
    ...(lowerBounds && { lower: lowerBounds }),
  });
  const { lambda } = settings;
  const wrong: string[] = [];
  const objective = objectiveAt(problem, lambda, fit);
  const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * (1 + Math.abs(a));
  if (!close(objective, fit.objective)) wrong.push(`objective ${fit.objective}, which is ${objective}`);
  if (fit.status !== 'solved') return { status: fit.status, wrong };
  const violation = violationAt(problem, lambda, fit);
  if (!(violation <= 5e-3 * lambda + 1e-9)) wrong.push(`violation ${violation} at lambda ${lambda}`);
  fit.coefficients.forEach((b, j) => {
    if (lowerBounds && b < (lowerBounds[j] as number) - 1e-12) wrong.push(`coefficient ${j} = ${b} is below its bound`);
  });
  const { lowerBound } = fit;
  if (lowerBound !== undefined) {
    if (!(lowerBound <= objective + 1e-9 * (1 + Math.abs(objective))))
      wrong.push(`bound ${lowerBound} above ${objective}`);
    if (!lowerBounds) {
      const bound = lowerBoundAt(problem, lambda, fit);
      const far = 1e-5 * (1 + Math.abs(objective));
      if (!(objective - bound <= far)) wrong.push(`objective ${objective}, but the bound by definition is ${bound}`);
    }
  }
  return { status: fit.status, wrong };
};

const others = [groups, structured, robust, coxRegression];

/** Every other problem has penalties of single coefficients, the rest those of groups and of all, and the families that are no GLMs. */
export const trial: Trial = (seed) => (seed % 2 === 0 ? single : (others[((seed - 1) / 2) % 4] as Trial))(seed);

/** Further generators, each of problems about one claim. */
export const claims: Record<string, Claim> = { ...columnClaims, ...coxClaims, subsets, subsetsOfMany };
