// Looks at a function from where one stands: along a segment, at its curvature.
import { checkInteger, checkMembers, checkNumber, checkVector } from '../core/check.js';
import { uniforms } from '../core/random.js';
import { type Model, toProgram } from '../expressions/model.js';
import type { Program } from '../expressions/program.js';
import { squaredNorm } from './sets.js';

/** Places at which a function is looked at in one call, which does not let others in meanwhile. */
const mostPoints = 1_000_000;

/**
 * The objective at `points` (51, at most a million) places from one point to another, evenly:  f((1 - t) from + t to), t = 0, ..., 1.
 *
 * @throws TypeError or RangeError that names the argument.
 */
export function lossAlongSegment(
  problem: Model | Program,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  options: { points?: number | undefined } = {},
): { t: Float64Array; loss: Float64Array } {
  const program = toProgram('problem', problem);
  const per = { length: program.n, per: 'one for each unknown' };
  const [a, b] = [checkVector('from', from, per), checkVector('to', to, per)];
  const { points = 51 } = checkMembers('options', options, ['points'], 'option');
  const count = checkInteger('points', points, 2, mostPoints);
  const t = Float64Array.from({ length: count }, (_, k) => k / (count - 1));
  const loss = t.map((share) => program.objective(a.map((value, j) => (1 - share) * value + share * (b[j] as number))));
  return { t, loss };
}

/** How the eigenvalues of a Hessian are spread. */
export interface HessianSpectrum {
  /** Ritz values of all probes, rising. */
  values: Float64Array;
  /** The share of the spectrum that each stands for; of sum 1. */
  weights: Float64Array;
  /** The largest Ritz value, a lower bound of the largest eigenvalue that is near it. */
  largest: number;
  /** The least one, an upper bound of the least eigenvalue. */
  least: number;
  /** Places in the order of eigenvalues, and the density there: weights spread out by normal curves. */
  grid: Float64Array;
  density: Float64Array;
}

export interface SpectrumOptions {
  /** Products with the Hessian for each probe. Default 60, and at most n. */
  steps?: number | undefined;
  /** Random starts, at most 10,000. Default 4. */
  probes?: number | undefined;
  /** Places of the density, at most a million. Default 200. */
  points?: number | undefined;
  /** The standard deviation of the normal curves, over the range of the spectrum. Default 0.01. */
  width?: number | undefined;
  seed?: number | undefined;
}

/**
 * The spectral density of the Hessian of the objective at x, by stochastic Lanczos quadrature: from each of some random starts Lanczos' method
 * takes `steps` products with the Hessian; Ritz values and the squares of their vectors' first entries are nodes and weights of Gauss' rule for
 * the measure of the spectrum. S. Ubaru, J. Chen, Y. Saad, "Fast estimation of tr(f(A)) via stochastic Lanczos quadrature", SIMAX 38(4), 2017.
 *
 * @throws TypeError or RangeError that names the argument.
 */
export function hessianSpectrum(
  problem: Model | Program,
  x: ArrayLike<number>,
  options: SpectrumOptions = {},
): HessianSpectrum {
  const program = toProgram('problem', problem);
  const { n } = program;
  const point = checkVector('x', x, { length: n, per: 'one for each unknown' });
  const given = checkMembers('options', options, ['steps', 'probes', 'points', 'width', 'seed'], 'option');
  const most = Math.min(n, checkInteger('steps', given.steps ?? 60, 1));
  const probes = checkInteger('probes', given.probes ?? 4, 1, 10_000);
  const uniform = uniforms(checkInteger('seed', given.seed ?? 0, 0));
  const found: [value: number, weight: number][] = [];
  for (let probe = 0; probe < probes; ++probe) {
    const start = Float64Array.from({ length: n }, () => (uniform() < 0.5 ? -1 : 1));
    const { values, first } = ritz(lanczos((v) => hessianTimes(program, point, v), start, most));
    values.forEach((value, k) => {
      found.push([value, (first[k] as number) ** 2 / probes]);
    });
  }
  found.sort(([a], [b]) => a - b);
  const values = Float64Array.from(found, ([value]) => value);
  const weights = Float64Array.from(found, ([, weight]) => weight);
  const points = checkInteger('points', given.points ?? 200, 2, mostPoints);
  const width = checkNumber('width', given.width ?? 0.01, { lower: 0, open: true });
  const [least, largest] = [values[0] as number, values[values.length - 1] as number];
  return { values, weights, largest, least, ...densityOf(values, weights, points, width) };
}

/**
 * Returns true if gradient steps of this length stay near x: they do not where the largest eigenvalue of the Hessian, the sharpness, times the step
 * size is above 2. Training of networks drives it there: J. Cohen et al., "Gradient descent on neural networks typically occurs at the edge of
 * stability", ICLR 2021.
 *
 * @throws TypeError or RangeError that names the argument.
 */
export function edgeOfStability(
  problem: Model | Program,
  x: ArrayLike<number>,
  stepSize: number,
  options: { steps?: number | undefined; seed?: number | undefined } = {},
): { sharpness: number; product: number; stable: boolean } {
  const step = checkNumber('stepSize', stepSize, { lower: 0, open: true });
  const { largest: sharpness } = hessianSpectrum(problem, x, {
    ...checkMembers('options', options, ['steps', 'seed'], 'option'),
    probes: 1,
  });
  return { sharpness, product: step * sharpness, stable: step * sharpness <= 2 };
}

const hessianTimes = (program: Program, x: Float64Array, v: Float64Array): Float64Array =>
  program.hessianProduct(x, new Float64Array(program.m), v);

/** A symmetric tridiagonal matrix. */
interface Tridiagonal {
  diagonal: number[];
  below: number[];
}

/** V^T A V for an orthonormal basis V of the Krylov space, of at most `steps` vectors, all orthogonalised twice. */
function lanczos(times: (v: Float64Array) => Float64Array, start: Float64Array, steps: number): Tridiagonal {
  const norm = Math.sqrt(squaredNorm(start));
  const basis = [start.map((value) => value / norm)];
  const found: Tridiagonal = { diagonal: [], below: [] };
  for (let k = 0; ; ++k) {
    const v = basis[k] as Float64Array;
    const w = Float64Array.from(times(v));
    found.diagonal.push(dot(w, v));
    for (let pass = 0; pass < 2; ++pass) {
      for (const u of basis) {
        const along = dot(w, u);
        for (let j = 0; j < w.length; ++j) w[j] = (w[j] as number) - along * (u[j] as number);
      }
    }
    const length = Math.sqrt(squaredNorm(w));
    const size = Math.max(...found.diagonal.map(Math.abs), ...found.below);
    if (k + 1 === steps || !(length > 1e-12 * size)) return found;
    found.below.push(length);
    basis.push(w.map((value) => value / length));
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; ++j) sum += (a[j] as number) * (b[j] as number);
  return sum;
}

/** Eigenvalues, and the first entry of each unit eigenvector, by the QL method with implicit shifts (Golub and Welsch 1969). */
function ritz({ diagonal, below }: Tridiagonal): { values: number[]; first: number[] } {
  const [d, e] = [[...diagonal], [...below, 0]] as [number[], number[]];
  const z = d.map((_, k) => Number(k === 0));
  const at = (list: number[], k: number) => list[k] as number;
  for (let l = 0; l < d.length; ++l) {
    for (let round = 0; round < 60; ++round) {
      let m = l;
      while (m + 1 < d.length && Math.abs(at(e, m)) > 1e-16 * (Math.abs(at(d, m)) + Math.abs(at(d, m + 1)))) ++m;
      if (m === l) break;
      let g = (at(d, l + 1) - at(d, l)) / (2 * at(e, l));
      let r = Math.hypot(g, 1);
      g = at(d, m) - at(d, l) + at(e, l) / (g + (g < 0 ? -r : r));
      let [s, c, p] = [1, 1, 0];
      for (let i = m - 1; i >= l; --i) {
        const [f, b] = [s * at(e, i), c * at(e, i)];
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] = at(d, i + 1) - p;
          e[m] = 0;
          break;
        }
        [s, c] = [f / r, g / r];
        g = at(d, i + 1) - p;
        r = (at(d, i) - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        const above = at(z, i + 1);
        z[i + 1] = s * at(z, i) + c * above;
        z[i] = c * at(z, i) - s * above;
      }
      if (r === 0) continue;
      d[l] = at(d, l) - p;
      e[l] = g;
      e[m] = 0;
    }
  }
  return { values: d, first: z };
}

function densityOf(
  values: Float64Array,
  weights: Float64Array,
  points: number,
  width: number,
): { grid: Float64Array; density: Float64Array } {
  const [least, largest] = [values[0] as number, values[values.length - 1] as number];
  const range = largest - least || Math.abs(largest) || 1;
  const sigma = width * range;
  const begin = least - 4 * sigma;
  const grid = Float64Array.from({ length: points }, (_, k) => begin + ((range + 8 * sigma) * k) / (points - 1));
  const density = grid.map((place) =>
    values.reduce((sum, value, k) => {
      const t = (place - value) / sigma;
      return sum + ((weights[k] as number) * Math.exp((-t * t) / 2)) / (sigma * Math.sqrt(2 * Math.PI));
    }, 0),
  );
  return { grid, density };
}
