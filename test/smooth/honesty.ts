// Random regressions by random methods, whose objective and gradient are recomputed.
import { generalizedLinearModel } from '../../src/nlp/index.js';
import { numbers, type Trial } from '../contract/problem.js';
import { type MinimizeSumSettings, minimizeSum } from '../flat.js';
import { privacyClaims } from './privacyClaims.js';
import { roughClaims } from './roughClaims.js';
import { lossOf, methods } from './sums.js';

export const claims = { ...privacyClaims, ...roughClaims };

const losses = ['logistic', 'squared', 'poisson', 'gamma'] as const;

/** A private trial draws its noise by the seed too, so that a seed is one trial. */
const ofSeed = { insecureNoise: true };

export const trial: Trial = async (seed) => {
  const [rows, n] = [20 + (seed % 50), 1 + (seed % 7)];
  const loss = losses[seed % 4] as (typeof losses)[number];
  const method = methods[seed % methods.length] as (typeof methods)[number];
  const data = numbers(rows * n, seed + 1);
  const targets = numbers(rows, seed + 2).map((value) => {
    if (loss === 'logistic') return Number(value > 0);
    return loss === 'gamma' ? 0.1 + Math.abs(value) : Math.abs(value);
  });
  targets[0] = loss === 'logistic' ? 1 - (targets[1] as number) : (targets[0] as number);
  const ridge = seed % 3 === 0 ? 0 : 0.1;
  // Every other one goes on until the gradient is small.
  const tolerance = seed % 2 === 1 ? 1e-5 : 0;
  const settings: MinimizeSumSettings =
    tolerance > 0
      ? { batchSize: 'full', precision: 'float64', tolerance, maxEpochs: 20_000 }
      : { method, seed, maxEpochs: 1 + (seed % 9), ...(method === 'dpSgd' ? ofSeed : { trackBest: seed % 4 === 0 }) };
  const x = { data, rows, columns: n };
  const problem = generalizedLinearModel({ loss, x, y: targets, ridge });
  const found = await minimizeSum(problem, settings);
  const wrong: string[] = [];
  const { value, gradient } = lossOf(loss, x, targets, ridge, found.x);
  const norm = Math.hypot(...gradient);
  const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * (1 + Math.abs(b));
  if (found.objective !== undefined && !near(found.objective, value)) {
    wrong.push(`${method}: objective ${found.objective}, which is ${value}`);
  }
  if (found.gradientNorm !== undefined && !near(found.gradientNorm, norm)) {
    wrong.push(`${method}: gradientNorm ${found.gradientNorm}, which is ${norm}`);
  }
  if (found.status === 'solved' && norm > tolerance * (1 + 1e-9)) {
    wrong.push(`${found.method}: solved at a gradient of norm ${norm}`);
  }
  if (found.gap !== undefined) {
    const best = await minimizeSum(problem, {
      batchSize: 'full',
      maxEpochs: 3000,
      precision: 'float64',
      tolerance: 1e-9,
    });
    const least = (best.objective ?? 0) - (best.gradientNorm ?? 0) ** 2 / (2 * ridge);
    if (value - found.gap > (best.objective ?? Infinity) + 1e-9 || found.gap < 0) {
      wrong.push(`${method}: gap ${found.gap} at ${value}, the least is at least ${least}`);
    }
  }
  const status =
    found.status === 'epochLimit' ? 'iterationLimit' : found.status === 'diverged' ? 'numericalError' : found.status;
  return { status, wrong };
};
