// How set-up and iterations grow with n, d and P, one at a time.
import { type Matrix, matrix } from '../../src/index.js';
import { trainReluNetwork } from '../../test/flat.js';
import { normals } from '../shared/random.js';
import { median } from '../shared/report.js';
import type { Shape } from './floor.js';

export type Activation = 'relu' | 'gated';

export interface Measurement extends Shape {
  activation: Activation;
  setUp: number;
  /** Seconds each, warm. */
  iteration: number;
  /** Seconds each of the first ten. */
  cold: number;
}

export const base: Shape = { n: 2000, d: 50, P: 50 };
export const sizes = {
  n: [500, 1000, 2000, 4000, 8000],
  d: [10, 25, 50, 100, 200, 400, 784],
  P: [10, 25, 50, 100, 200, 400],
} as const;
export type Axis = keyof typeof sizes;
export const axes = Object.keys(sizes) as Axis[];

export async function scaling(quick: boolean, note: (text: string) => void): Promise<Record<Axis, Measurement[]>> {
  const results: Record<Axis, Measurement[]> = { n: [], d: [], P: [] };
  for (const axis of axes) {
    const values = quick ? sizes[axis].slice(0, 3) : sizes[axis];
    for (const value of values) {
      for (const activation of ['gated', 'relu'] as const) {
        const shape = { ...base, ...(quick && { n: 500 }), [axis]: value };
        note(`scaling: ${activation}, n = ${shape.n}, d = ${shape.d}, P = ${shape.P}`);
        results[axis].push(await measure(shape, activation));
      }
    }
  }
  return results;
}

/**
 * One solve of few iterations at a fixed penalty. The first twenty, where projections start cold, count only where the time
 * was over before there were others.
 */
async function measure(shape: Shape, activation: Activation): Promise<Measurement> {
  const { n, d, P } = shape;
  const { x, y } = teacher(n, d);
  const lambda = 1e-3 * n;
  const scale = Math.sqrt(y.reduce((sum, value) => sum + value * value, 0) / n);
  const { history, iterations, seconds } = await trainReluNetwork(
    { x, y },
    {
      activation,
      lambda,
      bias: false,
      patterns: { sample: P },
      rho: (30 * lambda) / scale,
      tolerance: 1e-12,
      maxIterations: 50,
      checkInterval: 10,
      timeLimit: 40,
    },
  );
  const reports = history.map((report) => ({ iteration: report.iteration, seconds: report.seconds }));
  if (iterations > (reports.at(-1)?.iteration ?? 0)) reports.push({ iteration: iterations, seconds });
  const steps = reports.slice(1).map((report, i) => {
    const from = reports[i] ?? report;
    return { from: from.iteration, seconds: (report.seconds - from.seconds) / (report.iteration - from.iteration) };
  });
  const warm = steps.filter((step) => step.from >= 20);
  return {
    ...shape,
    activation,
    setUp: reports[0]?.seconds ?? Number.NaN,
    iteration: median((warm.length > 0 ? warm : steps.slice(-1)).map((step) => step.seconds)),
    cold: median(steps.slice(0, 1).map((step) => step.seconds)),
  };
}

/**
 * Normal x, column j (from 1) divided by j^decay, and y of a network of ten neurons with a tenth of noise; always the same.
 */
export function teacher(n: number, d: number, decay = 0): { x: Matrix; y: Float64Array } {
  const normal = normals(1);
  const lengths = Float64Array.from({ length: d }, (_, j) => (j + 1) ** -decay);
  const x = matrix(
    n,
    d,
    Float64Array.from({ length: n * d }, (_, k) => normal() * (lengths[k % d] as number)),
  );
  const neurons = Array.from({ length: 10 }, () => ({
    weights: Float64Array.from({ length: d }, () => normal() / Math.sqrt(d)),
    output: normal(),
  }));
  const y = Float64Array.from({ length: n }, (_, i) => {
    const row = x.data.subarray(i * d, (i + 1) * d);
    return neurons.reduce((sum, { weights, output }) => {
      const z = weights.reduce((total, weight, j) => total + weight * (row[j] as number), 0);
      return sum + Math.max(0, z) * output;
    }, 0.1 * normal());
  });
  return { x, y };
}
