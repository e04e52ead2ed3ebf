// Made-up data sets of the sizes and kinds of well-known ones, for constrained logistic regression: the same in every run, nothing
// to fetch. Labels follow a random linear function with noise.
import { normals, uniforms } from '../shared/random.js';
import type { DataSet } from './regression.js';

interface Draw {
  uniform: () => number;
  normal: () => number;
}

interface Kind {
  rows: number;
  columns: number;
  /** The entries of a row, by column, ascending. */
  row: (draw: Draw) => [number, number][];
  /** Standard deviations of the labels' noise beside that of the linear function. */
  noise?: number;
  /** Share of the rarer class. */
  share?: number;
}

const dense =
  (columns: number, value: (draw: Draw, j: number) => number) =>
  (draw: Draw): [number, number][] =>
    Array.from({ length: columns }, (_, j) => [j, value(draw, j)]);

/** One of each of so many categories as zeros and ones, small ones more often by `power`; then numbers. */
const categories =
  (sizes: readonly number[], power: number, numbers = 0) =>
  (draw: Draw): [number, number][] => {
    const entries: [number, number][] = [];
    let first = 0;
    for (const size of sizes) {
      entries.push([first + Math.floor(size * draw.uniform() ** power), 1]);
      first += size;
    }
    for (let j = 0; j < numbers; ++j) entries.push([first + j, draw.normal()]);
    return entries;
  };

/** About `mean` different words of a row, frequent ones first; ones, or weights of length 1. */
const words =
  (columns: number, mean: number, weighted: boolean) =>
  (draw: Draw): [number, number][] => {
    const count = Math.max(1, Math.round(mean * (0.5 + draw.uniform())));
    const chosen = new Set<number>();
    for (let k = 0; k < count; ++k) chosen.add(Math.floor(columns ** draw.uniform() - 1) % columns);
    const values = [...chosen]
      .sort((a, b) => a - b)
      .map((j): [number, number] => [j, weighted ? 0.1 + draw.uniform() : 1]);
    const length = weighted ? Math.hypot(...values.map(([, value]) => value)) : 1;
    return values.map(([j, value]) => [j, value / length]);
  };

const normal = ({ normal }: Draw) => normal();
const between = ({ uniform }: Draw) => 2 * uniform() - 1;

const kinds: Record<string, Kind> = {
  german: { rows: 1000, columns: 24, row: dense(24, between) },
  ionosphere: { rows: 351, columns: 34, row: dense(34, between) },
  splice: { rows: 1000, columns: 60, row: dense(60, between) },
  dna: { rows: 6000, columns: 180, row: dense(180, ({ uniform }) => Number(uniform() < 0.25)) },
  ijcnn1: { rows: 49990, columns: 22, row: categories([10], 1, 12), share: 0.1 },
  covtype: { rows: 50000, columns: 54, row: categories([4, 40], 2, 10) },
  'connect-4': { rows: 67557, columns: 126, row: categories(Array(42).fill(3), 1.5), noise: 2 },
  adult: { rows: 32561, columns: 200, row: categories([9, 16, 16, 7, 15, 6, 5, 2, 42, 3, 72], 3, 7), share: 0.25 },
  w8a: { rows: 49749, columns: 300, row: words(300, 11.7, false), share: 0.03 },
  'rare features': { rows: 60000, columns: 388, row: categories([2, 3, 5, 8, 20, 50, 100, 200], 4), noise: 2 },
  usps: { rows: 7291, columns: 256, row: dense(256, (draw) => Math.max(0, draw.normal() - 0.3)) },
  gisette: { rows: 3000, columns: 400, row: dense(400, between) },
  epsilon: { rows: 20000, columns: 500, row: dense(500, (draw) => draw.normal() / Math.sqrt(500)) },
  text: { rows: 20000, columns: 1000, row: words(1000, 60, true) },
  HIGGS: { rows: 200000, columns: 28, row: dense(28, normal) },
  year: { rows: 50000, columns: 90, row: dense(90, normal) },
  'unequal columns': { rows: 20000, columns: 60, row: dense(60, (draw, j) => draw.normal() * 10 ** ((j % 7) - 3)) },
  'correlated columns': {
    rows: 20000,
    columns: 60,
    row: (draw) => {
      const factors = Array.from({ length: 6 }, draw.normal);
      return dense(60, (d, j) => (factors[j % 6] as number) + 0.3 * d.normal())(draw);
    },
  },
};

export const lookAlikes = Object.keys(kinds);

export function lookAlike(name: string): DataSet {
  const { rows, columns, row, noise = 0.5, share = 0.5 } = kinds[name] as Kind;
  const seed = 1 + lookAlikes.indexOf(name);
  const draw = { uniform: uniforms(seed), normal: normals(seed + 1000) };
  const weights = Float64Array.from({ length: columns }, draw.normal);
  const offsets = new Int32Array(rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  const scores = new Float64Array(rows);
  for (let i = 0; i < rows; ++i) {
    const entries = row(draw);
    for (const [j, value] of entries) {
      indices.push(j);
      values.push(value);
    }
    offsets[i + 1] = indices.length;
    scores[i] = entries.reduce((sum, [j, value]) => sum + value * (weights[j] as number), 0);
  }
  const mean = scores.reduce((a, b) => a + b) / rows;
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / rows);
  const noisy = scores.map((score) => score + noise * deviation * draw.normal());
  const threshold = Float64Array.from(noisy).sort()[Math.floor((1 - share) * rows)] as number;
  const x = {
    format: 'csr' as const,
    rows,
    columns,
    offsets,
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
  // Of few unknowns the equations leave a ball that need not meet the sphere.
  const size = Math.min(1, columns / 50);
  const B = Array.from({ length: 10 }, () => Float64Array.from({ length: columns }, draw.normal));
  const d = Float64Array.from({ length: 10 }, () => size * draw.normal());
  return { name, x, y: noisy.map((score) => Number(score >= threshold)), B, d };
}
