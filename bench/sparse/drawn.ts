// Problems for bench/sparse/paths.bench.ts that are drawn here, of other kinds than those with known optima.
import { elasticNet, type SparseFamily, sparsePath } from '../../src/sparse/index.js';
import { asMatrix, Columns, type LargeProblem, type Made, type Reference } from '../../test/problems/sparse.js';
import { normals, uniforms } from '../shared/random.js';

interface Kind {
  family: SparseFamily;
  alpha: number;
  /** Smallest lambda over the largest. */
  ratio: number;
  make(seed: number): Made;
}

const times = ({ rows, columns, ...made }: Omit<Made, 'y'>, beta: (j: number) => number): Float64Array => {
  const all = new Columns({ rows, columns, ...made, y: new Float64Array(0) });
  const t = new Float64Array(rows);
  for (let j = 0; j < columns; ++j) if (beta(j) !== 0) all.addTo(t, j, beta(j));
  return t;
};

/** Normal columns, each correlated with the one before it and with a common one. */
function dense(seed: number, rows: number, columns: number, before: number, common: number): Omit<Made, 'y'> {
  const normal = normals(seed);
  const X = new Float64Array(rows * columns);
  const shared = Float64Array.from({ length: rows }, () => normal());
  for (let j = 0; j < columns; ++j) {
    for (let i = 0; i < rows; ++i) {
      const last = j > 0 ? (X[(j - 1) * rows + i] as number) : 0;
      const own = Math.sqrt(Math.max(0, 1 - before ** 2)) * normal();
      X[j * rows + i] = before * last + own + (j === 0 ? common * (shared[i] as number) : 0);
    }
  }
  if (common > 0) for (let k = 0; k < X.length; ++k) X[k] = (X[k] as number) + common * (shared[k % rows] as number);
  return { format: 'dense', rows, columns, X };
}

/** Counts of words: a few columns have entries in many rows, most in few. */
function words(seed: number, rows: number, columns: number): Omit<Made, 'y'> {
  const uniform = uniforms(seed);
  const offsets = new Int32Array(columns + 1);
  const [indices, values]: [number[], number[]] = [[], []];
  for (let j = 0; j < columns; ++j) {
    const share = Math.min(0.3, 8 / (j + 10) + 0.002);
    for (let i = 0; i < rows; ++i) {
      if (uniform() >= share) continue;
      indices.push(i);
      values.push(1 + Math.floor(-Math.log(uniform())));
    }
    offsets[j + 1] = indices.length;
  }
  const entries = { indices: Int32Array.from(indices), values: Float64Array.from(values) };
  return { format: 'csc', rows, columns, offsets, ...entries };
}

function count(mean: number, uniform: () => number): number {
  let k = 0;
  for (let product = uniform(); product > Math.exp(-mean); product *= uniform()) ++k;
  return k;
}

const sign = (k: number): number => (k % 2 ? -1 : 1);

const kinds: Record<string, Kind> = {
  /** Two classes by sparse columns with heavy tails. */
  tails: {
    ...{ family: 'binomial', alpha: 1, ratio: 1e-3 },
    make: (seed) => {
      const made = tails(seed, 1500, 800);
      const uniform = uniforms(seed + 2);
      const t = times(made, (j) => (j % 55 === 3 ? 0.5 * sign(j) : 0));
      return { ...made, y: t.map((value) => Number(uniform() < 1 / (1 + Math.exp(-value)))) };
    },
  },
  /** Columns of which a tenth are copies of others, a few constant, and some have heavy tails. */
  copies: {
    ...{ family: 'gaussian', alpha: 1, ratio: 1e-3 },
    make: (seed) => {
      const made = dense(seed, 2000, 600, 0.3, 0);
      const [rows, X, normal] = [made.rows, made.X as Float64Array, normals(seed + 1)];
      for (let j = 0; j < made.columns; ++j) {
        const column = X.subarray(j * rows, (j + 1) * rows);
        if (j % 10 === 9) column.set(X.subarray((j - 5) * rows, (j - 4) * rows));
        else if (j % 200 === 100) column.fill(3);
        else if (j % 7 === 2) column.set(column.map((value) => value / Math.abs(normal())));
      }
      const t = times(made, (j) => (j % 60 === 4 ? sign(j) : 0));
      return { ...made, y: t.map((value) => value + 2 * normal()) };
    },
  },
  /** Columns that are nearly one another. */
  alike: {
    ...{ family: 'gaussian', alpha: 1, ratio: 1e-2 },
    make: (seed) => {
      const made = dense(seed, 400, 3000, 0.95, 0.5);
      const normal = normals(seed + 1);
      const t = times(made, (j) => (j % 150 === 7 ? sign(j) : 0));
      return { ...made, y: t.map((value) => value + 2 * normal()) };
    },
  },
  /** Two classes and many more columns than rows. */
  wide: {
    ...{ family: 'binomial', alpha: 1, ratio: 0.05 },
    make: (seed) => {
      const made = dense(seed, 300, 5000, 0.6, 0);
      const uniform = uniforms(seed + 1);
      const t = times(made, (j) => (j % 500 === 11 ? 1.5 * sign(j) : 0));
      return { ...made, y: t.map((value) => Number(uniform() < 1 / (1 + Math.exp(-value)))) };
    },
  },
  /** Counts by words. */
  words: {
    ...{ family: 'poisson', alpha: 1, ratio: 1e-2 },
    make: (seed) => {
      const made = words(seed, 3000, 4000);
      const uniform = uniforms(seed + 1);
      const t = times(made, (j) => (j % 80 === 5 ? 0.4 * sign(j) : 0));
      return { ...made, y: t.map((value) => count(Math.exp(Math.min(3, 0.3 + value)), uniform)) };
    },
  },
  /** Counts of which most are 0, whatever the columns say. */
  zeros: {
    ...{ family: 'poisson', alpha: 0.8, ratio: 1e-2 },
    make: (seed) => {
      const made = dense(seed, 1500, 800, 0.5, 0.3);
      const uniform = uniforms(seed + 1);
      const t = times(made, (j) => (j % 100 === 3 ? 0.35 * sign(j) : 0));
      return { ...made, y: t.map((value) => (uniform() < 0.6 ? 0 : count(Math.exp(Math.min(3, value)), uniform))) };
    },
  },
};

/** Entries of very different sizes in few rows of most columns. */
function tails(seed: number, rows: number, columns: number): Omit<Made, 'y'> {
  const [uniform, normal] = [uniforms(seed), normals(seed + 1)];
  const offsets = new Int32Array(columns + 1);
  const [indices, values]: [number[], number[]] = [[], []];
  for (let j = 0; j < columns; ++j) {
    for (let i = 0; i < rows; ++i) {
      if (uniform() >= Math.min(0.3, 8 / (j + 10) + 0.004)) continue;
      indices.push(i);
      values.push(Math.ceil(Math.exp(1.5 * normal())));
    }
    offsets[j + 1] = indices.length;
  }
  const entries = { indices: Int32Array.from(indices), values: Float64Array.from(values) };
  return { format: 'csc', rows, columns, offsets, ...entries };
}

export const drawnNames = Object.keys(kinds);

/** One of these problems; the largest lambda and the null deviance are those that a path says. */
export async function drawnProblem(name: string, seed: number): Promise<LargeProblem> {
  const { family, alpha, ratio, make } = kinds[name] as Kind;
  const made = make(seed);
  const x = asMatrix(made);
  const settings = { family, penalty: elasticNet(alpha), standardize: false, lambdas: { count: 1 } };
  const { lambdaMax, nullDeviance } = await sparsePath({ x, y: made.y }, settings);
  const lambdas = Array.from({ length: 100 }, (_, k) => lambdaMax * ratio ** (k / 99));
  const points = lambdas.map((lambda, k) => ({ k, lambda, objective: Number.NaN, gap: Number.NaN, nonzeros: 0 }));
  const reference: Reference = { alpha, lambdaMax, ratio, nullDeviance: nullDeviance / 2 / made.rows, points };
  return { name, family, alpha, x, columns: new Columns(made), y: made.y, reference };
}
