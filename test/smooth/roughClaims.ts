// Sums and robust risks of rough data, whose objectives, gradients and gaps are recomputed, and whose minima another method tries to beat.
import type { Status } from '../../src/index.js';
import { generalizedLinearModel } from '../../src/nlp/index.js';
import { minimizeRobustRisk, type RobustRiskSettings } from '../../src/smooth/index.js';
import { dot, normals, solved, table, uniforms } from '../algebra.js';
import type { Claim, Trial } from '../contract/problem.js';
import { roughened } from '../contract/rough.js';
import { type MinimizeSumSettings, minimizeSum } from '../flat.js';

type Loss = 'logistic' | 'squared' | 'poisson' | 'gamma';

interface Data {
  loss: Loss;
  x: number[][];
  y: number[];
  weights: number[]; // the sum is 1
  ridge: number;
  offset: number[];
}

/** Value, slope, curvature of the loss of a prediction, and the size of the terms of the value. */
function at(loss: Loss, t: number, y: number): [number, number, number, number] {
  if (loss === 'squared') return [(t - y) ** 2 / 2, t - y, 1, (t - y) ** 2];
  if (loss === 'poisson') return [Math.exp(t) - y * t, Math.exp(t) - y, Math.exp(t), Math.exp(t) + Math.abs(y * t)];
  if (loss === 'gamma') {
    const e = y * Math.exp(-t);
    return [t + e, 1 - e, e, Math.abs(t) + e];
  }
  const p = 1 / (1 + Math.exp(-t));
  const soft = Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
  return [soft - y * t, t < 0 ? Math.exp(t) / (1 + Math.exp(t)) - y : p - y, p * (1 - p), soft + Math.abs(y * t)];
}

/** Value, gradient and Hessian by the definitions, and how far rounding may move value and gradient. */
function evaluated({ loss, x, y, weights, ridge, offset }: Data, b: readonly number[]) {
  const n = b.length;
  const [gradient, slack] = [b.map((v) => ridge * v), b.map((v) => Math.abs(ridge * v))];
  const hessian = table(n, n, (j, k) => (j === k ? ridge : 0));
  let [value, rounding] = [(ridge / 2) * dot(b, b), (ridge / 2) * dot(b, b)];
  x.forEach((row, i) => {
    const [weight, far] = [weights[i] as number, row.map((v, j) => Math.abs(v * (b[j] as number)))];
    const moved = far.reduce((sum, v) => sum + v, 0) + Math.abs(offset[i] as number);
    const [f, slope, curvature, size] = at(loss, dot(row, b) + (offset[i] as number), y[i] as number);
    value += weight * f;
    rounding += weight * (size + Math.abs(slope) * moved);
    for (let j = 0; j < n; ++j) {
      const entry = weight * (row[j] as number);
      gradient[j] = (gradient[j] as number) + entry * slope;
      slack[j] =
        (slack[j] as number) + Math.abs(entry) * (Math.abs(slope) + curvature * moved + Math.abs(y[i] as number));
      for (let k = 0; k < n; ++k) {
        (hessian[j] as number[])[k] = (hessian[j]?.[k] as number) + entry * curvature * (row[k] as number);
      }
    }
  });
  const eps = 64 * 2 ** -52;
  return { value, gradient, hessian, rounding: eps * rounding, slack: eps * Math.hypot(...slack) };
}

/** The least value that Newton's method with damping finds from 0 and from a point, in columns of length 1. */
function least(data: Data, from: readonly number[]): number {
  const scales = from.map((_, j) => Math.hypot(...data.x.map((row) => row[j] as number)) || 1);
  let best = Number.POSITIVE_INFINITY;
  for (const start of [from.map(() => 0), from]) {
    let [point, damping] = [[...start], 1e-8];
    for (let step = 0; step < 60; ++step) {
      const { value, gradient, hessian } = evaluated(data, point);
      best = Math.min(best, value);
      const size = Math.max(...hessian.map((row, j) => (row[j] as number) / (scales[j] as number) ** 2));
      const system = hessian.map((row, j) =>
        row.map((v, k) => v / ((scales[j] as number) * (scales[k] as number)) + (j === k ? damping * size : 0)),
      );
      const direction = solved(
        system,
        gradient.map((g, j) => g / (scales[j] as number)),
      );
      const next = point.map((v, j) => v - (direction[j] as number) / (scales[j] as number));
      const there = evaluated(data, next).value;
      if (there < value) {
        point = next;
        damping = Math.max(1e-15, damping / 10);
      } else {
        damping *= 10;
      }
      if (!(damping < 1e12)) break;
    }
  }
  return best;
}

function dataOf(seed: number): { data: Data; weighted: boolean; how: string } {
  const [draw, uniform] = [normals(seed), uniforms(seed + 1)];
  const loss = (['logistic', 'squared', 'poisson', 'gamma'] as const)[Math.floor(4 * uniform())] as Loss;
  const [rows, columns] = [6 + Math.floor(30 * uniform()), 1 + Math.floor(4 * uniform())];
  const { x, how } = roughened(table(rows, columns, draw), seed, uniform);
  const far = Math.max(...x.flat().map(Math.abs));
  // Exponentials of predictions are of no use where columns are large.
  const used = (loss === 'poisson' || loss === 'gamma') && far > 100 ? 'squared' : loss;
  const y = x.map((_, i) => {
    const value = draw();
    if (used === 'logistic') return i < 2 ? i : Number(value > 0);
    return used === 'gamma'
      ? 0.1 + Math.abs(value)
      : used === 'poisson'
        ? Math.floor(2 * Math.abs(value)) + 0.5
        : value;
  });
  const weighted = uniform() < 0.5;
  const given = x.map(() => (weighted ? (uniform() < 0.3 ? 1e-12 : uniform()) : 1));
  const total = given.reduce((sum, value) => sum + value, 0);
  const offset = x.map(() => (uniform() < 0.5 ? 0 : draw()));
  const ridge = uniform() < 0.3 ? 0 : 10 ** Math.round(-8 * uniform());
  return { data: { loss: used, x, y, weights: given.map((w) => w / total), ridge, offset }, weighted, how };
}

const settingsOf = (seed: number, uniform: () => number): MinimizeSumSettings => {
  const limits = { maxEpochs: 2000, seed };
  const tolerance = 10 ** Math.round(-9 * uniform());
  switch (seed % 5) {
    case 0:
      return { ...limits, batchSize: 'full', tolerance };
    case 1:
      return { ...limits, method: 'qagd', tolerance };
    case 2:
      return { ...limits, batchSize: 'full' };
    case 3:
      return { ...limits, maxEpochs: 50, trackBest: true, tolerance };
    default:
      return { ...limits, method: 'svrg', maxEpochs: 30, target: 0.5 };
  }
};

const sums: Trial = async (seed) => {
  const { data, weighted, how } = dataOf(seed);
  const { loss, x, y, ridge, offset, weights } = data;
  const problem = generalizedLinearModel({ loss, x, y, ridge, offset, ...(weighted && { sampleWeight: weights }) });
  const settings = settingsOf(seed, uniforms(seed + 2));
  const found = await minimizeSum(problem, settings);
  const { status, objective, gradientNorm, gap, method } = found;
  const name = `${loss}, ${how}, ${method}`;
  const wrong: string[] = [];
  const b = Array.from(found.x);
  const { value, gradient, rounding, slack } = evaluated(data, b);
  const norm = Math.hypot(...gradient);
  if (objective !== undefined && !(Math.abs(objective - value) <= rounding)) {
    wrong.push(`${name}: objective ${objective}, which is ${value}`);
  }
  if (gradientNorm !== undefined && !(Math.abs(gradientNorm - norm) <= slack)) {
    wrong.push(`${name}: gradientNorm ${gradientNorm}, which is ${norm}`);
  }
  const { tolerance = 0, target = Number.NEGATIVE_INFINITY } = settings;
  const met = norm === 0 || (tolerance > 0 && norm <= tolerance + slack) || value <= target + rounding;
  if (status === 'solved' && method !== 'minimize' && !met) {
    wrong.push(`${name}: solved with a gradient of ${norm}, tolerance ${tolerance}, at ${value}`);
  }
  const best = least(data, b);
  const start = evaluated(
    data,
    b.map(() => 0),
  );
  const [fallen, steepness] = [start.value - best, Math.hypot(...start.gradient)];
  // The gradient of columns that are nearly equal is below the tolerance however far the minimum is.
  const apart = how !== 'columns that are nearly equal';
  if (status === 'solved' && method === 'minimize' && apart && !(value - best <= 1e-5 * fallen + rounding)) {
    wrong.push(`${name}: solved at ${value}, another point has ${best}`);
  }
  if (status === 'solved' && method === 'minimize' && !(norm <= 2e-8 * Math.max(1, steepness) + slack)) {
    wrong.push(`${name}: solved with a gradient of ${norm}, at the start ${steepness}`);
  }
  if (gap !== undefined && !(value - gap <= best + rounding + (norm * slack) / ridge)) {
    wrong.push(`${name}: gap ${gap} at ${value}, another point has ${best}`);
  }
  return {
    status: status === 'epochLimit' ? 'iterationLimit' : status === 'diverged' ? 'numericalError' : (status as Status),
    wrong,
  };
};

/** The largest q . l - c / 2 ||q - 1/n||^2 over means q of permutations of sigma, a bisection for each pool: q of sorted losses by pools. */
function smoothedRisk(l: readonly number[], sigma: readonly number[], nu: number): number {
  const n = l.length;
  const order = l.map((_, i) => i).sort((a, b) => (l[a] as number) - (l[b] as number));
  // q = z - p, z = 1/n + l / (nu n) and p the isotonic regression of z - sigma in the order of the losses.
  const pools: { sum: number; count: number }[] = [];
  order.forEach((i, k) => {
    pools.push({ sum: 1 / n + (l[i] as number) / (nu * n) - (sigma[k] as number), count: 1 });
    for (let last = pools.length - 1; last > 0; --last) {
      const [a, b] = [pools[last - 1] as (typeof pools)[0], pools[last] as (typeof pools)[0]];
      if (a.sum / a.count <= b.sum / b.count) break;
      pools.splice(last - 1, 2, { sum: a.sum + b.sum, count: a.count + b.count });
    }
  });
  const moved = pools.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
  return order.reduce((sum, i, k) => {
    const q = 1 / n + (l[i] as number) / (nu * n) - (moved[k] as number);
    return sum + q * (l[i] as number) - ((nu * n) / 2) * (q - 1 / n) ** 2;
  }, 0);
}

/** Weights of the rows from the least loss to the largest. */
function spectrum(settings: RobustRiskSettings, n: number): number[] {
  const { risk, level = 0.9, power = 2 } = settings;
  const below = (u: number): number => {
    if (risk === 'cvar') return Math.max(0, u - level) / (1 - level);
    if (risk === 'extremile') return u ** power;
    return risk === 'mean' ? u : Math.expm1(power * u) / Math.expm1(power);
  };
  return Array.from({ length: n }, (_, k) => below((k + 1) / n) - below(k / n));
}

const risks: Trial = async (seed) => {
  const { data, how } = dataOf(seed);
  const uniform = uniforms(seed + 3);
  const { loss, x, y, ridge, offset } = data;
  const risk = (['mean', 'cvar', 'extremile', 'exponential'] as const)[seed % 4];
  const settings: RobustRiskSettings = {
    risk,
    level: 0.9 * uniform(),
    power: 1 + 2 * uniform(),
    smoothing: 10 ** (2 * uniform() - 1),
  };
  const found = await minimizeRobustRisk(generalizedLinearModel({ loss, x, y, ridge, offset }), {
    ...settings,
    ...{ tolerance: 10 ** Math.round(-7 * uniform()), maxIterations: 1000, seed },
  });
  const { status, objective, gap } = found;
  const name = `${loss}, ${how}, ${risk}`;
  const sigma = spectrum(settings, y.length);
  const value = (b: readonly number[]): number => {
    const l = x.map((row, i) => at(loss, dot(row, b) + (offset[i] as number), y[i] as number)[0]);
    return smoothedRisk(l, sigma, settings.smoothing as number) + (ridge / 2) * dot(b, b);
  };
  const b = Array.from(found.x);
  const here = value(b);
  const rounding = y.length * evaluated({ ...data, weights: y.map(() => 1) }, b).rounding;
  const wrong: string[] = [];
  if (objective !== undefined && !(Math.abs(objective - here) <= rounding + 1e-12 * Math.abs(here))) {
    wrong.push(`${name}: objective ${objective}, which is ${here}`);
  }
  if (status !== 'solved' && gap === undefined) return { status, wrong };
  // Descent by coordinates with steps of all sizes tries to go below.
  const lowered = (from: readonly number[]): number => {
    const [point, lengths] = [
      [...from],
      from.map((_, j) => 1 / (Math.hypot(...x.map((row) => row[j] as number)) || 1)),
    ];
    let best = value(point);
    for (let sweep = 0; sweep < 40; ++sweep) {
      for (let j = 0; j < point.length; ++j) {
        const kept = point[j] as number;
        let bestHere = kept;
        for (const step of [lengths[j] as number, -(lengths[j] as number)]) {
          point[j] = kept + step;
          const there = value(point);
          if (there < best) [best, bestHere] = [there, kept + step];
        }
        point[j] = bestHere;
        lengths[j] = (lengths[j] as number) * (bestHere === kept ? 0.3 : 2);
      }
    }
    return best;
  };
  const best = Math.min(lowered(b), lowered(b.map(() => 0)));
  if (gap !== undefined && !(here - gap <= best + 2 * rounding + 1e-12 * Math.abs(here))) {
    wrong.push(`${name}: gap ${gap} at ${here}, another point has ${best}`);
  }
  return { status, wrong };
};

export const roughClaims: Record<string, Claim> = {
  'sums of rough rows': { trial: sums, cases: 2000 },
  'robust risks of rough rows': { trial: risks, cases: 2000 },
};
