// Random regressions with penalties of groups and of all coefficients together, with outliers, of quantiles and of survival, whose results
// are checked by the definitions.
import {
  cox,
  elasticNet,
  fused,
  groupLasso,
  groupMcp,
  groupScad,
  huber,
  lasso,
  oscar,
  quantile,
  type SparsePenalty,
  type SparseResult,
  slope,
  sparseGroupLasso,
} from '../../src/sparse/index.js';
import type { Trial } from '../contract/problem.js';
import { sparseRegression } from '../flat.js';
import { blockBoundAt, blockObjectiveAt, blockProblemOf, blockViolationAt } from './blocks.js';
import { fusedNorm, sortedNorm } from './norms.js';
import { numbersOf } from './numbersOf.js';
import {
  asSparse,
  Draws,
  drawn,
  type Family,
  gradientAt,
  linksOf,
  lossOf,
  lowerBoundAt,
  problemOf,
  scalesOf,
} from './values.js';

const families: Family[] = ['gaussian', 'binomial', 'poisson', 'gamma'];
const at = (values: ArrayLike<number>, k: number): number => values[k] as number;
const total = (values: Iterable<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0);
const limits = { tolerance: 1e-7 };

/** Returns the false claims of a result, whose objective and violation of the conditions of optimality are these, and a lower bound of the optimum. */
function wrongOf(
  fit: SparseResult,
  own: { lambda: number; objective: number; violation: number; bound?: number | undefined },
): { status: SparseResult['status']; wrong: string[] } {
  const wrong: string[] = [];
  const { lambda, objective, violation, bound } = own;
  const size = 1 + Math.abs(objective);
  if (!(Math.abs(objective - fit.objective) <= 1e-9 * size))
    wrong.push(`objective ${fit.objective}, which is ${objective}`);
  const { lowerBound, status } = fit;
  if (lowerBound !== undefined && !(lowerBound <= objective + 1e-9 * size))
    wrong.push(`bound ${lowerBound} above ${objective}`);
  if (status !== 'solved') return { status, wrong };
  if (!(violation <= 5e-3 * lambda + 1e-9)) wrong.push(`violation ${violation} at lambda ${lambda}`);
  if (bound !== undefined && !(objective - bound <= 1e-5 * size))
    wrong.push(`objective ${objective}, but the bound by definition is ${bound}`);
  return { status, wrong };
}

/** Data of a family, with weights and sparse columns at times. */
function dataOf(seed: number) {
  const draws = new Draws(seed + 2000);
  const integer = (count: number) => Math.floor(count * draws.uniform());
  const some = (share: number) => draws.uniform() < share;
  const family = families[integer(4)] as Family;
  const { x, y } = drawn(seed, family, 15 + integer(40), 2 + integer(12));
  const weights = some(0.3) ? y.map(() => 0.2 + draws.uniform()) : undefined;
  const lambda = 0.3 * draws.uniform() ** 2 + 2e-3;
  const settings = { family, lambda, standardize: some(0.7), intercept: some(0.8) };
  const matrix = some(0.3) ? asSparse(x, 'csc') : x;
  return { draws, integer, some, x, y, weights, settings, data: { x: matrix, y, sampleWeight: weights } };
}

/** Penalties of groups of columns. */
export const groups: Trial = async (seed) => {
  const { integer, draws, some, x, y, weights, settings, data } = dataOf(seed);
  const names = Array.from({ length: x.columns }, () => integer(1 + x.columns / 2));
  const used = [...new Set(names)].sort((a, b) => a - b);
  const numbers = names.map((name) => used.indexOf(name));
  const penalty = [groupLasso(), groupLasso({ alpha: 0.5 }), sparseGroupLasso(0.4), groupMcp(), groupScad()][
    integer(5)
  ] as SparsePenalty;
  const factors = some(0.3) ? used.map(() => 0.3 + draws.uniform()) : undefined;
  const fit = await sparseRegression(
    { ...data, groups: names },
    { ...settings, ...limits, penalty, penaltyFactor: factors },
  );
  const { lambda, ...kept } = settings;
  const { kind } = numbersOf(penalty);
  const problem = blockProblemOf(x, [y], {
    ...{ ...kept, ...numbersOf(penalty), kind: kind as string as 'groupLasso', groups: numbers },
    ...(weights && { weights }),
    ...(factors && { factors }),
  });
  const point = { coefficients: fit.coefficients, intercepts: [fit.intercept] };
  return wrongOf(fit, {
    lambda,
    objective: blockObjectiveAt(problem, lambda, point),
    violation: blockViolationAt(problem, lambda, point),
    bound: fit.lowerBound !== undefined ? blockBoundAt(problem, lambda, point) : undefined,
  });
};

/** SLOPE, OSCAR and the fused lasso. */
export const structured: Trial = async (seed) => {
  const { draws, integer, x, y, weights, settings, data } = dataOf(seed);
  const p = x.columns;
  const falling = Array.from({ length: p }, () => draws.uniform()).sort((a, b) => b - a);
  const [penalty, norm] = [
    [slope({ weights: falling }), sortedNorm(falling)] as const,
    [oscar({ c: 0.3 }), sortedNorm(falling.map((_, k) => 1 + 0.3 * (p - 1 - k)))] as const,
    [fused({ alpha: 0.3 }), fusedNorm(0.3)] as const,
  ][integer(3)] as readonly [ReturnType<typeof slope>, ReturnType<typeof sortedNorm>];
  const fit = await sparseRegression(data, { ...settings, ...limits, penalty });
  const { lambda, ...kept } = settings;
  const problem = problemOf(x, y, { ...kept, ...(weights && { weights }) });
  const scales = scalesOf(problem);
  const b = fit.coefficients.map((value, j) => value * at(scales, j));
  const gradient = gradientAt(problem, fit);
  const links = linksOf(problem, fit);
  const losses = Array.from(y, (value, i) => at(problem.weights, i) * lossOf(problem.family, at(links, i), value));
  const none = new Float64Array(p);
  const feasible = (pulls: number[]): number => {
    let [low, high] = [0, 1];
    const fits = (share: number) =>
      norm.excess(
        pulls.map((value) => share * value),
        none,
        lambda,
      ) <= 0;
    if (fits(1)) return 1;
    for (let k = 0; k < 50; ++k) {
      const middle = (low + high) / 2;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    return low;
  };
  return wrongOf(fit, {
    lambda,
    objective: total(losses) / total(Array.from(problem.weights)) + lambda * norm.value(b),
    violation: Math.max(
      problem.intercept ? Math.abs(gradient.intercept) : 0,
      norm.excess(
        gradient.columns.map((value, j) => value / at(scales, j)),
        b,
        lambda,
      ),
    ),
    bound: lowerBoundAt(problem, lambda, fit, feasible),
  });
};

/** Gradients of a mean loss with these slopes of rows. */
const pullsOf = (x: readonly Float64Array[], slopes: readonly number[]): number[] =>
  x.map((column) => total(slopes.map((u, i) => u * at(column, i))) / slopes.length);

/** How far gradients are from those of an elastic net at its minimum. */
const violationOf = (pulls: readonly number[], b: ArrayLike<number>, l: number, ridge: number): number =>
  Math.max(
    ...pulls.map((pull, j) => {
      const value = at(b, j);
      return Math.abs(value) < 1e-12 ? Math.abs(pull) - l : Math.abs(pull + ridge * value + l * Math.sign(value));
    }),
  );

/**
 * Losses for data with outliers, and of quantiles. Quantiles have no slope where they meet a response: of these the share of
 * responses below has to be right, and no point near by may be better.
 */
export const robust: Trial = async (seed) => {
  const draws = new Draws(seed + 3000);
  const [rows, columns] = [20 + Math.floor(40 * draws.uniform()), 1 + Math.floor(8 * draws.uniform())];
  const { x, y } = drawn(seed, 'gaussian', rows, columns);
  y.forEach((value, i) => {
    if (draws.uniform() < 0.1) y[i] = 10 * value;
  });
  const [delta, level] = [0.3 + draws.uniform(), 0.1 + 0.8 * draws.uniform()];
  const ofQuantiles = draws.uniform() < 0.5;
  const lambda = 0.2 * draws.uniform() ** 2 + 2e-3;
  const alpha = draws.uniform() < 0.5 ? 1 : 0.6;
  const fit = await sparseRegression(
    { x, y },
    {
      ...{ ...limits, tolerance: 1e-9, lambda, standardize: false, penalty: alpha < 1 ? elasticNet(alpha) : lasso() },
      family: ofQuantiles ? quantile({ level }) : huber({ huberDelta: delta }),
    },
  );
  const [l, ridge] = [lambda * alpha, lambda * (1 - alpha)];
  const problem = problemOf(x, y, { standardize: false });
  const lossAt = (r: number): number => {
    if (ofQuantiles) return r > 0 ? level * r : (level - 1) * r;
    return Math.abs(r) <= delta ? r ** 2 / 2 : delta * Math.abs(r) - delta ** 2 / 2;
  };
  const objectiveAt = (point: { coefficients: ArrayLike<number>; intercept: number }): number => {
    const t = linksOf(problem, point);
    const penalties = Array.from(point.coefficients, (b) => l * Math.abs(b) + (ridge * b ** 2) / 2);
    return total(Array.from(y, (value, i) => lossAt(value - at(t, i)))) / rows + total(penalties);
  };
  const objective = objectiveAt(fit);
  const residuals = Array.from(linksOf(problem, fit), (t, i) => t - at(y, i));
  if (ofQuantiles) {
    const result = wrongOf(fit, { lambda, objective, violation: 0 });
    if (fit.status !== 'solved') return result;
    for (let k = 0; k < 40; ++k) {
      const step = 0.3 ** (1 + (k % 6));
      const other = objectiveAt({
        coefficients: fit.coefficients.map((b) => (draws.uniform() < 0.5 ? b : b + step * draws.normal())),
        intercept: fit.intercept + step * draws.normal(),
      });
      if (!(objective <= other + 1e-5 * (1 + objective))) result.wrong.push(`${other} near by, below ${objective}`);
    }
    const far = 1e-4;
    const [below, above] = [residuals.filter((r) => r > far).length, residuals.filter((r) => r < -far).length];
    if (below > level * rows + 1e-9 || above > (1 - level) * rows + 1e-9)
      result.wrong.push(`${below} responses below and ${above} above a quantile of ${level} of ${rows}`);
    return result;
  }
  const slopes = residuals.map((r) => Math.max(-delta, Math.min(delta, r)));
  const pulls = pullsOf(problem.x, slopes);
  return wrongOf(fit, {
    lambda,
    objective,
    violation: Math.max(violationOf(pulls, fit.coefficients, l, ridge), Math.abs(total(slopes)) / rows),
    bound: boundOfHuber(),
  });

  function boundOfHuber(): number {
    const inside = residuals.map((r) => Number(Math.abs(r) < delta));
    const shift = total(slopes) / total(inside);
    const u = slopes.map((value, i) => value - at(inside, i) * shift);
    const own = pullsOf(problem.x, u).map(Math.abs);
    const ofRows = delta / Math.max(delta, ...u.map(Math.abs));
    const share = alpha < 1 ? ofRows : Math.min(ofRows, ...own.map((pull) => l / pull));
    const squares = alpha < 1 ? total(own.map((pull) => Math.max(0, share * pull - l) ** 2 / (2 * ridge))) : 0;
    return -total(u.map((value, i) => (share * value) ** 2 / 2 + share * value * at(y, i))) / rows - squares;
  }
};

/** Proportional hazards with ties, by Breslow, over pairs of rows, whose weights sum to 1 in the sums of risks, too. */
export const coxRegression: Trial = async (seed) => {
  const draws = new Draws(seed + 4000);
  const [rows, columns] = [20 + Math.floor(30 * draws.uniform()), 1 + Math.floor(8 * draws.uniform())];
  const { x } = drawn(seed, 'gaussian', rows, columns);
  const time = Array.from({ length: rows }, (_, i) =>
    Math.ceil(4 * Math.exp(draws.normal() - at(x.data, i * columns))),
  );
  const event = time.map((_, i) => i === 0 || draws.uniform() < 0.7);
  const lambda = 0.1 * draws.uniform() ** 2 + 2e-3;
  const settings = { ...limits, lambda, standardize: false, family: cox({ ties: 'breslow' }) };
  const fit = await sparseRegression({ x, y: { time, event } }, settings);
  const problem = problemOf(x, new Float64Array(rows));
  const lossAt = (t: ArrayLike<number>): { loss: number; slopes: number[] } => {
    const risks = time.map((from) => total(time.map((other, j) => (other >= from ? Math.exp(at(t, j)) / rows : 0))));
    const losses = time.map((_, i) => (event[i] ? Math.log(at(risks, i)) - at(t, i) : 0));
    const slopes = time.map((of, i) => {
      const share = total(time.map((other, k) => (event[k] && other <= of ? 1 / at(risks, k) : 0)));
      return (Math.exp(at(t, i)) / rows) * share - Number(event[i]);
    });
    return { loss: total(losses) / rows, slopes };
  };
  const { loss, slopes } = lossAt(linksOf(problem, { coefficients: fit.coefficients, intercept: 0 }));
  const sizes = total(fit.coefficients.map(Math.abs));
  const objective = loss + lambda * sizes;
  const violation = violationOf(pullsOf(problem.x, slopes), fit.coefficients, lambda, 0);
  const result = wrongOf(fit, { lambda, objective, violation });
  // The loss is convex and at least that of risk sets with one row each, which says how large coefficients of the optimum may be.
  const least = -(total(event.map(Number)) * Math.log(rows)) / rows;
  const bound = objective - Math.max(0, violation) * (sizes + (lossAt(new Float64Array(rows)).loss - least) / lambda);
  if (
    fit.lowerBound !== undefined &&
    fit.status === 'solved' &&
    !(objective - bound <= 1e-3 * (1 + Math.abs(objective)))
  )
    result.wrong.push(`objective ${objective}, but the bound by definition is ${bound}`);
  return result;
};
