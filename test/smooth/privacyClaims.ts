// Generators of private solves: what one row moves, and what the result says of it.
import { add, dot, Model, mul, square, sub, sumSquares, tanh } from '../../src/expressions/index.js';
import type { SparseMatrix, Status } from '../../src/index.js';
import { generalizedLinearModel } from '../../src/nlp/index.js';
import type { MinimizeSumResult } from '../../src/smooth/index.js';
import { type Claim, numbers, type Trial } from '../contract/problem.js';
import { type MinimizeSumSettings, minimizeSum } from '../flat.js';
import { epsilonByIntegrals, leastDelta } from './accountant.js';

const losses = ['logistic', 'squared', 'poisson', 'gamma'] as const;

/** Uniform numbers in [0, 1) of a seed. */
function uniforms(seed: number): () => number {
  const all = numbers(400, 7919 * seed + 13);
  let next = 0;
  return () => ((all[next++ % all.length] as number) + 1) / 2;
}

/** Data of a random problem, of which one row may be absent: it is then a row of zeros, or of weight 0, or not there at all. */
interface Neighbours {
  solve: (absent: boolean, settings: MinimizeSumSettings) => Promise<MinimizeSumResult>;
  rows: number;
  kind: string;
}

function sparseOf(data: Float64Array, rows: number, columns: number): SparseMatrix {
  const [offsets, indices, values]: [number[], number[], number[]] = [[0], [], []];
  for (let i = 0; i < rows; ++i) {
    for (let j = 0; j < columns; ++j) {
      const value = data[i * columns + j] as number;
      if (value === 0) continue;
      indices.push(j);
      values.push(value);
    }
    offsets.push(values.length);
  }
  return {
    format: 'csr',
    rows,
    columns,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}

/** A row whose numbers are up to 1e30 times larger or smaller than those of others, which are any size themselves. */
function dataOf(seed: number, rows: number, columns: number, uniform: () => number) {
  const data = numbers(rows * columns, seed + 1);
  const y = numbers(rows, seed + 2);
  const out = Math.floor(uniform() * rows);
  const [all, one, target] = [0, 0, 0].map(() => (uniform() < 0.4 ? 0 : Math.round(60 * uniform() - 30))) as number[];
  for (let k = 0; k < data.length; ++k) {
    const power = (all as number) / 3 + (Math.floor(k / columns) === out ? (one as number) : 0);
    data[k] = (data[k] as number) * 10 ** power;
  }
  y[out] = (y[out] as number) * 10 ** (target as number);
  return { data, y, out };
}

/** A regression of which a row is zeroed, or, `removed`, is not there. */
function regression(seed: number, uniform: () => number, removed: boolean): Neighbours {
  const [rows, columns] = [3 + Math.floor(uniform() * 40), 1 + Math.floor(uniform() * 6)];
  const loss = losses[Math.floor(uniform() * 4)] as (typeof losses)[number];
  const { data, y, out } = dataOf(seed, rows, columns, uniform);
  const targets = y.map((value) => {
    if (loss === 'logistic') return Number(value > 0);
    if (loss === 'squared') return value;
    return Math.abs(value) + (loss === 'gamma' ? 1e-9 : 0);
  });
  if (loss === 'logistic') for (let i = 0; i < 2; ++i) targets[(out + 1 + i) % rows] = i; // both classes remain
  const offset = uniform() < 0.5 ? numbers(rows, seed + 3).map((value) => 30 * value) : undefined;
  const ridge = uniform() < 0.5 ? 0.1 : 0;
  const [sparse, intercept] = [uniform() < 0.3, removed && uniform() < 0.5];
  const start = uniform() < 0.5 ? numbers(columns + Number(intercept), seed + 4) : undefined;
  const without = (values: Float64Array, width: number) =>
    values.filter((_, k) => Math.floor(k / width) !== out || !removed);
  const made = (absent: boolean) => {
    const left = absent && removed ? rows - 1 : rows;
    const kept = absent && !removed ? data.map((value, k) => (Math.floor(k / columns) === out ? 0 : value)) : data;
    const used = absent ? without(kept, columns) : kept;
    return generalizedLinearModel({
      loss,
      x: sparse ? sparseOf(used, left, columns) : { data: used, rows: left, columns },
      y: absent ? without(targets, 1) : targets,
      offset: absent && offset ? without(offset, 1) : offset,
      ...{ ridge, intercept, start },
    });
  };
  return {
    solve: async (absent, settings) => minimizeSum(made(absent), settings),
    rows,
    kind: `${loss} ${sparse ? 'sparse' : 'dense'}${removed ? ', removed' : ''}`,
  };
}

/** A model of rows with a column of weights, in which the absent row has the weight 0. */
function weighted(seed: number, uniform: () => number): Neighbours {
  const [rows, columns] = [2 + Math.floor(uniform() * 40), 1 + Math.floor(uniform() * 6)];
  const { data, y, out } = dataOf(seed, rows, columns, uniform);
  const weights = numbers(rows, seed + 5).map((value) => Math.abs(value) * 10 ** Math.round(8 * uniform() - 4));
  const network = uniform() < 0.5;
  const made = (absent: boolean) => {
    const model = new Model();
    const w = model.variable(columns, { start: 0.1 });
    const scale = model.variable({ start: 0.5 });
    const table = model.rows({
      x: { data, rows, columns },
      y,
      weight: weights.map((value, i) => (absent && i === out ? 0 : value)),
    });
    // Of the network scale is an input of two stages, so that norms of gradients have no closed form.
    const t = network ? mul(scale, tanh(mul(scale, dot(w, table.x)))) : mul(0.3, dot(w, table.x));
    const ridge = mul(0.05, sumSquares(w));
    model.minimize(add(table.mean(mul(table.weight, square(sub(t, table.y)))), ridge));
    return model;
  };
  return {
    solve: async (absent, settings) => minimizeSum(made(absent), settings),
    rows,
    kind: network ? 'network' : 'weighted squares',
  };
}

/** The status of a solve as that of all solvers: private ones end by their limit. */
const statusOf = ({ status }: MinimizeSumResult): Status =>
  status === 'epochLimit' ? 'iterationLimit' : status === 'diverged' ? 'numericalError' : status;

/** One step without noise, with a row and without it: x may differ by the length of the step times clip over the batch, but for rounding. */
const oneRow: Trial = async (seed) => {
  const uniform = uniforms(seed);
  const removed = seed % 3 === 1;
  const of = seed % 3 === 2 ? weighted(seed, uniform) : regression(seed, uniform, removed);
  const clip = 10 ** Math.round(6 * uniform() - 3);
  const stepSize = 10 ** (2 * uniform() - 1);
  // Only batches of all rows stay the same where a row is removed.
  const batch = removed ? of.rows + Math.floor(20 * uniform()) : 1 + Math.floor(1.2 * of.rows * uniform());
  const single = uniform() < 0.5;
  const settings: MinimizeSumSettings = {
    ...{ method: 'dpSgd', noise: 0, insecureNoise: true, seed, clip, stepSize, batchSize: batch, maxEpochs: 1e-9 },
    precision: single ? 'float32' : 'float64',
    ...(uniform() < 0.3 && { decay: 0.1 }),
    ...(uniform() < 0.3 && !removed && { set: { radius: 2 } }),
    ...(uniform() < 0.3 && { averaging: 'polynomial' as const }),
    ...(uniform() < 0.3 && { schedule: 'sqrt' as const }),
  };
  const [present, absent] = [await of.solve(false, settings), await of.solve(true, settings)];
  const apart = Math.hypot(...present.x.map((value, j) => value - (absent.x[j] as number)));
  const reach = (stepSize * clip) / batch;
  const unit = single ? 2 ** -24 : 2 ** -53;
  const rounding = unit * (8 * Math.hypot(...absent.x) + (of.rows ** 2 + 64) * reach);
  const wrong: string[] = [];
  if (!(apart <= reach + rounding)) {
    wrong.push(`${of.kind}: one row moves x by ${apart}, stepSize clip / batch is ${reach}`);
  }
  for (const { counts, status } of [present, absent]) {
    if (counts.steps !== 1) wrong.push(`${of.kind}: ${counts.steps} steps, ${status}`);
  }
  return { status: statusOf(present), wrong };
};

/** The privacy of a solve, or of one that went on from another, by two accountants of the test. */
const epsilon: Trial = async (seed) => {
  const uniform = uniforms(seed);
  const [rows, columns] = [10 + Math.floor(100 * uniform()), 2];
  const x = { data: numbers(rows * columns, seed + 1), rows, columns };
  const problem = generalizedLinearModel({ loss: 'squared', x, y: numbers(rows, seed + 2) });
  const noise = 0.5 * 16 ** uniform();
  const batchSize = uniform() < 0.1 ? 'full' : 1 + Math.floor(1.1 * rows * uniform());
  const rate = batchSize === 'full' ? 1 : Math.min(1, batchSize / rows);
  const steps = 1 + Math.floor(30 * uniform());
  const delta = uniform() < 0.5 ? 10 ** (-3 - 5 * uniform()) : undefined;
  const drawn = batchSize === 'full' ? rows : Math.min(batchSize, rows);
  const settings: MinimizeSumSettings = {
    ...{ method: 'dpSgd', noise, batchSize, privacyDelta: delta },
    maxEpochs: ((steps - 0.5) * drawn) / rows,
  };
  let found = await minimizeSum(problem, { ...settings, ...(seed % 2 === 1 && { maxIterations: 1 }) });
  if (seed % 2 === 1) found = await minimizeSum(problem, { ...settings, warmStart: found });
  const wrong: string[] = [];
  const { privacy } = found;
  if (privacy === undefined) return { status: statusOf(found), wrong: ['no privacy'] };
  const promised = delta ?? 1 / (10 * rows);
  if (found.counts.steps !== steps) wrong.push(`${found.counts.steps} steps, of which ${steps} were asked for`);
  if (privacy.privacyDelta !== promised) wrong.push(`delta ${privacy.privacyDelta}, which is ${promised}`);
  const least = epsilonByIntegrals({ noise, rate, steps }, promised);
  if (!(privacy.epsilon >= least * (1 - 1e-9))) {
    wrong.push(`epsilon ${privacy.epsilon}, by integrals ${least}`);
  }
  const fails = leastDelta({ noise, rate, steps }, privacy.epsilon);
  if (!(fails <= promised)) wrong.push(`epsilon ${privacy.epsilon} fails with ${fails}, above ${promised}`);
  return { status: statusOf(found), wrong };
};

export const privacyClaims: Record<string, Claim> = {
  'one row of a private step': { trial: oneRow, cases: 2000, shows: 'iterationLimit' },
  'epsilon of private steps': { trial: epsilon, cases: 2000, shows: 'iterationLimit' },
};
