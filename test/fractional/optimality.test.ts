// Every numerator with every denominator: the objective falls in every sweep, is what the definitions say, and no change
// of one coordinate, found by brute force, lowers it. `npm test` tries one penalty with each of them and every other
// coordinate of a result, taking turns; `npm run test:long` tries the other cases and all coordinates.
import { describe, expect, it } from 'vitest';
import {
  affine,
  affineSquared,
  box,
  elasticNet,
  l1,
  l1Squared,
  leastSquares,
  logistic,
  lpNorm,
  nonNegative,
  norm1,
  norm2,
  normInf,
  quadratic,
  separableConcave,
  squaredHinge,
  sumLog,
  sumSqrt,
  sumSquares,
  topK,
} from '../../src/fractional/index.js';
import type { DenominatorTerm, NumeratorTerm, Penalty } from '../../src/fractional/terms.js';
import { type FractionalSettings, type Matrix, minimizeRatio, type SparseMatrix } from '../../src/index.js';
import { all, long } from '../long.js';
import { Draw, entry, gram, product, type Ratio, ratioAt, sum, termAt, vector } from './values.js';

const m = 9;
const n = 5;

function numerators(draw: Draw): Record<string, NumeratorTerm[]> {
  const A = draw.matrix(m, n);
  const b = draw.normals(m);
  return {
    leastSquares: [leastSquares(A, b)],
    'leastSquares at the origin': [leastSquares(A, new Float64Array(m))],
    quadratic: [quadratic(gram(draw.matrix(n, n)), { linear: draw.normals(n, 0.1), constant: 5 })],
    sumSquares: [sumSquares({ weight: 0.5, constant: 0.25 })],
    squaredHinge: [squaredHinge(A, b), sumSquares({ weight: 0.01 })],
    logistic: [
      logistic(
        A,
        b.map((each) => (each > 0 ? 1 : -1)),
      ),
      sumSquares({ weight: 0.05 }),
    ],
    sum: [leastSquares(A, b), sumSquares({ weight: 0.1 }), affine(new Float64Array(n), 1)],
  };
}

function penalties(draw: Draw): Record<string, Penalty[]> {
  return {
    none: [],
    l1: [l1(0.3)],
    'l1 by coordinate in a box': [
      l1(vector(n, () => draw.uniform())),
      box(
        -0.75,
        vector(n, () => 0.5 + draw.uniform()),
      ),
    ],
    elasticNet: [elasticNet(0.2, 0.4), nonNegative()],
    l1Squared: [l1Squared(0.2)],
  };
}

function denominators(draw: Draw): Record<string, DenominatorTerm> {
  const G = draw.matrix(m, n);
  return {
    norm1: norm1({ scale: 0.5 }),
    'norm1 + 1': norm1({ shift: 1 }),
    norm2: norm2({ scale: 2 }),
    'norm2 + 1': norm2({ shift: 1 }),
    normInf: normInf(),
    topK: topK(2, { scale: 0.5 }),
    'topK + 1': topK(3, { shift: 1 }),
    sumSquares: sumSquares(),
    'sumSquares + 1': sumSquares({ constant: 1 }),
    quadratic: quadratic(gram(G), { constant: 0.5 }),
    ...Object.fromEntries(
      [1, 2, 4, Number.POSITIVE_INFINITY].flatMap((p) => [
        [`lpNorm ${p}`, lpNorm(G, p)],
        [`lpNorm ${p} squared`, lpNorm(G, p, { squared: true })],
        [`lpNorm ${p} squared + 1`, lpNorm(G, p, { squared: true, shift: 1, scale: 2 })],
      ]),
    ),
  };
}

/** These need bounds, or a start where they are positive. */
function oneSided(draw: Draw): Record<string, DenominatorTerm> {
  const c = vector(n, () => 0.1 + draw.uniform());
  return {
    linear: affine(c, 0.5),
    affineSquared: affineSquared(c, 0.5),
    sumSqrt: sumSqrt({ epsilon: 0.1, weights: c }),
    sumLog: sumLog(c, { shift: 0.1 }),
    separable: separableConcave(
      (u) => (u >= 0 ? Math.atan(u) : Number.NaN),
      (u) => 1 / (1 + u * u),
      { shift: 0.1 },
    ),
  };
}

/** The lowest of f over a grid that is finer near 0, and over golden sections beside the lowest point. */
function lowestAlong(f: (t: number) => number): number {
  const steps: number[] = [];
  for (let power = -20; power <= 24; ++power) steps.push(2 ** power, 1.3 * 2 ** power, 1.65 * 2 ** power);
  const grid = [...steps.map((t) => -t).reverse(), 0, ...steps];
  const values = grid.map(f);
  let lowest = Math.min(...values);
  const k = values.indexOf(lowest);
  let [a, b] = [grid[k - 1] ?? (grid[k] as number), grid[k + 1] ?? (grid[k] as number)];
  for (let cut = 0; cut < 50; ++cut) {
    const [left, right] = [b - 0.618 * (b - a), a + 0.618 * (b - a)];
    const [atLeft, atRight] = [f(left), f(right)];
    lowest = Math.min(lowest, atLeft, atRight);
    if (atLeft <= atRight) b = right;
    else a = left;
  }
  return lowest;
}

/**
 * F along coordinate i as the method has it: of squared hinges and logistic losses the parabola that touches at x and
 * lies above, since their minimiser along a coordinate has no formula.
 */
function along(ratio: Ratio, x: Float64Array, i: number): (t: number) => number {
  const majorised = ratio.numerator.filter(({ kind }) => kind === 'squaredHinge' || kind === 'logistic');
  const others = ratio.numerator.filter((term) => !majorised.includes(term));
  const value = sum(majorised.map((term) => termAt(term, x)));
  let [slope, curvature] = [0, 0];
  for (const term of majorised) {
    if (term.kind !== 'squaredHinge' && term.kind !== 'logistic') continue;
    const A = term.matrix as Matrix;
    product(A, x).forEach((z, row) => {
      const a = entry(A, row, i);
      const y = term.kind === 'logistic' ? (term.y[row] as number) : 0;
      slope += a * (term.kind === 'logistic' ? -y / (1 + Math.exp(y * z)) : Math.max(0, z - (term.b[row] as number)));
      curvature += a * a * (term.kind === 'logistic' ? 1 / 4 : 1);
    });
  }
  return (t) => {
    const moved = Float64Array.from(x);
    moved[i] = (x[i] as number) + t;
    const g = termAt(ratio.denominator, moved);
    const parabola = value + t * (slope + (t * curvature) / 2);
    return g > 0 ? (parabola + sum(others.map((term) => termAt(term, moved)))) / g : Number.POSITIVE_INFINITY;
  };
}

async function check(
  ratio: Ratio & Parameters<typeof minimizeRatio>[0],
  method: 'fcd' | 'pcd' | 'auto',
  seed: number,
  sweepOrder: 'cyclic' | 'shuffled' = 'cyclic',
  turn = 0,
) {
  const result = await minimizeRatio(ratio, { sweepOrder, method, tolerance: 1e-5, seed, maxIterations: 20_000 });
  if (result.status === 'unbounded') {
    // The infimum is approached as x goes to infinity or to 0 along the line through x.
    const farther = [1e3, -1e3, 1e-3].map((multiple) =>
      ratioAt(
        ratio,
        result.x.map((u) => u * multiple),
      ),
    );
    expect(Math.min(...farther)).toBeLessThan(result.objective * (1 + 1e-8));
    return;
  }
  expect(result.status).toBe('solved');
  expect(result.objective).toBeCloseTo(ratioAt(ratio, result.x), 9);
  expect(result.numerator / result.denominator).toBeCloseTo(result.objective, 12);
  const grown = result.history.find(({ objective: now = Number.NaN }, k) => {
    const before = k === 0 ? Number.POSITIVE_INFINITY : (result.history[k - 1]?.objective ?? Number.NaN);
    return !(now <= before * (1 + 1e-12));
  });
  expect(grown).toBeUndefined();
  for (let i = long ? 0 : turn % 2; i < n; i += long ? 1 : 2) {
    expect(lowestAlong(along(ratio, result.x, i))).toBeGreaterThanOrEqual(result.objective * (1 - 1e-6) - 1e-12);
  }
}

/** Majorised losses: the infimum may lie at infinity, and takes long to get near. */
const slowlyUnbounded = /^(squaredHinge|logistic) over /;

/** Returns true if a refusal is one that is due: no exact minimisers, as the docs list them. */
const refusal = (error: unknown) =>
  error instanceof RangeError && /method = 'pcd'/.test(error.message) ? 'refused' : 'failed';

const tops = Object.keys(numerators(new Draw()));
const bottoms = Object.keys({ ...denominators(new Draw()), ...oneSided(new Draw()) });

describe.each(tops)('%s', (f) => {
  it.each(bottoms)('over %s', async (g) => {
    const draw = new Draw(f.length * 1000 + g.length);
    const terms = numerators(draw)[f] as NumeratorTerm[];
    const bounded = oneSided(draw);
    const denominator = (denominators(draw)[g] ?? bounded[g]) as DenominatorTerm;
    const turn = tops.indexOf(f) + bottoms.indexOf(g);
    let [tried, solved] = [0, 0];
    for (const [k, [h, penalty]] of Object.entries(penalties(draw)).entries()) {
      if (!all && (k + turn) % 5 > 0 !== long) continue; // one of five, and in long runs the others
      ++tried;
      for (const [l, method] of (['fcd', 'pcd'] as const).entries()) {
        const most = slowlyUnbounded.test(`${f} over ${g}`) ? 2 : Number.POSITIVE_INFINITY;
        const more = g in bounded ? [box(0, most)] : most === 2 ? [box(-2, 2)] : [];
        const start = vector(n, (i) => 0.02 + 0.1 * i); // the terms alone need not say how many unknowns there are
        const ratio = {
          numerator: [...terms, ...penalty, ...more],
          denominator,
          ...(f === 'sumSquares' && { start }),
        };
        try {
          await check(ratio, method, h.length, 'cyclic', k + l);
          ++solved;
        } catch (error) {
          if (refusal(error) !== 'refused')
            throw new Error(`${h}, ${method}: ${(error as Error).message}`, { cause: error });
        }
      }
    }
    expect(solved).toBeGreaterThanOrEqual(tried);
  });
});

describe('sparse matrices, Gram matrices, orders and starts', () => {
  const draw = new Draw(77);
  const A = draw.matrix(m, n);
  A.data.forEach((_, at) => {
    if (draw.uniform() < 0.5) A.data[at] = 0;
  });
  const b = draw.normals(m);
  const ratio = (matrix: Matrix | SparseMatrix) => ({
    numerator: [leastSquares(matrix, b), l1(0.05)],
    denominator: norm2(),
  });
  const sparse = (byColumn: boolean): SparseMatrix => {
    const offsets = [0];
    const indices: number[] = [];
    const values: number[] = [];
    for (let o = 0; o < (byColumn ? n : m); ++o) {
      for (let k = 0; k < (byColumn ? m : n); ++k) {
        const value = byColumn ? entry(A, k, o) : entry(A, o, k);
        if (value === 0) continue;
        indices.push(k);
        values.push(value);
      }
      offsets.push(values.length);
    }
    return {
      format: byColumn ? 'csc' : 'csr',
      rows: m,
      columns: n,
      offsets: Int32Array.from(offsets),
      indices: Int32Array.from(indices),
      values: Float64Array.from(values),
    };
  };

  it.each(['csc', 'csr', 'always', 'never', 'shuffled', 'greedy', 'sweeps of all'])('%s', async (variant) => {
    const expected = await minimizeRatio(ratio(A), { tolerance: 1e-7 });
    const settings: FractionalSettings = { tolerance: 1e-7 };
    if (variant === 'always' || variant === 'never') settings.gram = variant;
    if (variant === 'shuffled' || variant === 'greedy') settings.sweepOrder = variant;
    if (variant === 'sweeps of all') settings.activeSet = false;
    const matrix = variant === 'csc' || variant === 'csr' ? sparse(variant === 'csc') : A;
    const result = await minimizeRatio(ratio(matrix), settings);
    expect(result.status).toBe('solved');
    if (variant === 'shuffled')
      await check(ratio(A), 'auto', 1, variant); // another order may end elsewhere
    else expect(result.objective).toBeCloseTo(expected.objective, 9);
  });

  it('several starts: never worse than one, the same for any number of threads', async () => {
    const problem = { numerator: [sumSquares()], denominator: lpNorm(draw.matrix(30, 12), 4, { squared: true }) };
    const one = await minimizeRatio(problem, { restarts: 0 });
    const runs = await Promise.all(
      [1, 2, 3].map((threads) => minimizeRatio(problem, { restarts: 49, threads, seed: 5 })),
    );
    for (const run of runs) {
      expect(run.starts).toHaveLength(50);
      expect(run.objective).toBeLessThanOrEqual(one.objective);
      expect(run.objective).toBe(Math.min(...run.starts.map(({ objective }) => objective)));
      expect(run.x).toEqual(runs[0]?.x);
      expect(run.starts).toEqual(runs[0]?.starts);
    }
    const other = await minimizeRatio(problem, { restarts: 49, seed: 6 });
    expect(other.starts).not.toEqual(runs[0]?.starts);
  });
});

// Found by the generator of roughClaims: curvatures of 1e-13 beside a penalty made steps that brought a quarter of the objective count as none.
it('rows in small units end no descent before its steps bring nothing', async () => {
  const a = [7.23142267, 7.66917214, -29.4177883, -9.62549739, 19.3714695, -10.7309435];
  a.push(11.1593209, 17.4457466, 14.5333514, -0.470259006, -12.4409599, 14.6476292);
  const d = [0.282682418, 0.0580639731, 1.59744562, -0.364875533, 1.1082, -1.26183345];
  d.push(-0.584432565, -0.579308801, -1.00298617, 1.25470807, 0.398097996, -0.819337722);
  const A = { rows: 4, columns: 3, data: Float64Array.from(a, (value) => 1e-8 * value) };
  const b = [0.024493816071600828, -0.7907614718554711, 0.16209154061504716, 0.5943218219322447];
  const problem = {
    numerator: [leastSquares(A, b), l1Squared(0.5301280235313476)],
    denominator: lpNorm({ rows: 4, columns: 3, data: Float64Array.from(d) }, 4),
    start: [0.4598238816763386, 1.15859239853853, 0.41366985338445283],
  };
  const { status, x, objective } = await minimizeRatio(problem, { tolerance: 1e-7 });
  expect(status).toBe('solved');
  const row = (i: number, at: ArrayLike<number>) =>
    [0, 1, 2].reduce((sum, j) => sum + (d[3 * i + j] as number) * (at[j] as number), 0);
  const norm = (at: ArrayLike<number>) => [0, 1, 2, 3].reduce((sum, i) => sum + row(i, at) ** 4, 0) ** 0.25;
  // The rows of A are nothing beside b: 1/2 ||b||^2 and the penalty are left.
  const constant = b.reduce((sum, value) => sum + value * value, 0) / 2;
  const l1Of = (at: ArrayLike<number>) => Array.from(at).reduce((sum, value) => sum + Math.abs(value), 0);
  const ratio = (at: ArrayLike<number>) => (constant + 0.5301280235313476 * l1Of(at) ** 2) / norm(at);
  expect(objective).toBeCloseTo(ratio(x), 6);
  for (const j of [0, 1, 2]) {
    for (const t of [-0.3, -0.03, -0.003, 0.003, 0.03, 0.3]) {
      const there = ratio(x.map((value, k) => (k === j ? value + t : value)));
      expect(there, `x[${j}] + ${t}`).toBeGreaterThan(objective * (1 - 1e-6));
    }
  }
});
