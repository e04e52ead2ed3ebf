// Learners of streams against what their theory promises, on streams and games made here.
import { describe, expect, it } from 'vitest';
import { type OnlineSettings, onlineLearner } from '../../src/smooth/index.js';
import { uniforms } from '../problems/relu.js';

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, j) => sum + value * (b[j] as number), 0);

function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** The gap of the average plays of two learners in a game of 10 x 10 entries in [-1, 1] after T steps. */
function gapOfGame(method: 'ogd' | 'optimistic', T: number): number {
  const uniform = uniforms(5);
  const n = 10;
  const A = Array.from({ length: n }, () => Array.from({ length: n }, () => 2 * uniform() - 1));
  const players = [0, 1].map(() => onlineLearner({ n, method, set: 'simplex', diameter: 1 }));
  const [row, column] = players as [ReturnType<typeof onlineLearner>, ReturnType<typeof onlineLearner>];
  const means = [new Float64Array(n), new Float64Array(n)] as const;
  for (let t = 0; t < T; ++t) {
    const [x, y] = [row.x.slice(), column.x.slice()];
    for (let j = 0; j < n; ++j) {
      means[0][j] = (means[0][j] as number) + (x[j] as number) / T;
      means[1][j] = (means[1][j] as number) + (y[j] as number) / T;
    }
    row.update(A.map((entries) => dot(entries, y)));
    column.update(
      Array.from(
        { length: n },
        (_, j) => -A.reduce((sum, entries, i) => sum + (entries[j] as number) * (x[i] as number), 0),
      ),
    );
  }
  const most = Math.max(
    ...Array.from({ length: n }, (_, j) =>
      A.reduce((sum, entries, i) => sum + (entries[j] as number) * (means[0][i] as number), 0),
    ),
  );
  const least = Math.min(...A.map((entries) => dot(entries, means[1])));
  return most - least;
}

it('two optimistic learners come to an equilibrium as 1 / T, others as 1 / sqrt(T)', () => {
  const gaps = [250, 1000, 4000].map((T) => gapOfGame('optimistic', T));
  const usual = [250, 1000, 4000].map((T) => gapOfGame('ogd', T));
  for (const [k, T] of [250, 1000, 4000].entries()) {
    expect((gaps[k] as number) * T).toBeLessThan(5);
    expect(gaps[k] as number).toBeLessThan((usual[k] as number) / 2);
  }
  expect(gaps[2] as number).toBeLessThan((gaps[0] as number) / 8);
});

describe('ogd', () => {
  it('has the regret of its theory against any point of a box', () => {
    const random = normals(2);
    const n = 5;
    const learner = onlineLearner({ n, set: { lower: -1, upper: 1 }, diameter: Math.sqrt(20) });
    let squares = 0;
    for (let t = 0; t < 2000; ++t) {
      const g = Array.from({ length: n }, () => random() + 0.1);
      squares += dot(g, g);
      learner.update(g);
      expect(Math.max(...learner.x.map(Math.abs))).toBeLessThanOrEqual(1);
    }
    // D^2 / (2 eta_T) + sum eta_t ||g_t||^2 / 2 with eta_t = D / sqrt(sum) is at most 3/2 D sqrt(sum).
    const worst = new Float64Array(n).fill(-1);
    expect(learner.regret(worst)).toBeLessThanOrEqual(1.5 * Math.sqrt(20) * Math.sqrt(squares));
    expect(learner.regret(worst)).toBeGreaterThan(0);
  });

  it('has a logarithmic regret where losses are strongly convex', () => {
    const random = normals(3);
    const learner = onlineLearner({ n: 1, strongConvexity: 1, set: { radius: 10 } });
    const targets: number[] = [];
    let loss = 0;
    const T = 4000;
    for (let t = 0; t < T; ++t) {
      const target = 2 + random();
      targets.push(target);
      const x = learner.x[0] as number;
      loss += (x - target) ** 2 / 2;
      learner.update([x - target]);
    }
    const mean = targets.reduce((sum, value) => sum + value, 0) / T;
    const best = targets.reduce((sum, value) => sum + (mean - value) ** 2 / 2, 0);
    const largest = 6; // largest |x - target| here
    expect(loss - best).toBeLessThanOrEqual((largest ** 2 / 2) * (1 + Math.log(T)));
  });
});

describe('unbounded', () => {
  /** Regret against u over (G (1 + |u|) + L u^2) sqrt(T), of losses whose gradients are G + L |x| at most. */
  function shareOf(u: number, T: number, growth: number): number {
    const random = normals(4);
    const learner = onlineLearner({ n: 1, method: 'unbounded', lipschitz: 1, growth });
    for (let t = 0; t < T; ++t) {
      const x = learner.x[0] as number;
      const noise = random() > 0 ? 1 : -1;
      learner.update([(0.9 * Math.sign(x - u) + 0.1 * noise) * (1 + growth * Math.abs(x))]);
    }
    return learner.regret([u]) / ((1 + u + growth * u ** 2) * Math.sqrt(T));
  }

  it.each([0.1, 1, 10, 100])('has a regret of its order against %d, without a diameter', (u) => {
    for (const T of [100, 800, 6400]) expect(shareOf(u, T, 0.5), `T = ${T}`).toBeLessThan(2.6);
    const shares = [100, 800, 6400].map((T) => shareOf(u, T, 0)) as [number, number, number];
    expect(shares[2]).toBeLessThan(2.6);
    expect(shares[2]).toBeLessThanOrEqual(shares[1]);
    expect(shares[1]).toBeLessThanOrEqual(shares[0]);
  });
});

it('two unbounded learners find a saddle without a diameter', () => {
  // (x - 2) (y + 1): distances of average plays from the saddle (2, -1).
  for (const [T, distance] of [
    [500, 0.62],
    [2000, 0.25],
    [8000, 0.09],
  ] as const) {
    const [low, high] = [0, 1].map(() => onlineLearner({ n: 1, method: 'unbounded', lipschitz: 2, growth: 1 })) as [
      ReturnType<typeof onlineLearner>,
      ReturnType<typeof onlineLearner>,
    ];
    let [meanX, meanY] = [0, 0];
    for (let t = 0; t < T; ++t) {
      const [x, y] = [low.x[0] as number, high.x[0] as number];
      meanX += x / T;
      meanY += y / T;
      low.update([y + 1]);
      high.update([2 - x]);
    }
    expect(Math.hypot(meanX - 2, meanY + 1), `T = ${T}`).toBeLessThan(2 * distance);
  }
});

describe('drift', () => {
  /** The mean squared error, over the last half of the steps, of a learner whose steps are `factor` times as long. */
  function errorOf(factor: number): { error: number; foretold: number } {
    const random = normals(6);
    const [n, noise, drift, batchSize, T] = [10, 0.5, 0.05, 4, 6000] as const;
    const learner = onlineLearner({ n, method: 'drift', noise, drift, batchSize, uncertainty: n });
    const solution = Array.from({ length: n }, random);
    const own = new Float64Array(n); // the point of a learner with other steps
    let sum = 0;
    for (let t = 0; t < T; ++t) {
      const at = factor === 1 ? learner.x.slice() : own.slice();
      const g = new Float64Array(n);
      for (let b = 0; b < batchSize; ++b) {
        const row = Array.from({ length: n }, random);
        const left = dot(row, at) - dot(row, solution) - noise * random();
        row.forEach((value, j) => {
          g[j] = (g[j] as number) + (value * left) / batchSize;
        });
      }
      const before = learner.x.slice();
      learner.update(g);
      const step = -factor * (((learner.x[0] as number) - (before[0] as number)) / (g[0] as number));
      for (let j = 0; j < n; ++j) own[j] = (own[j] as number) - step * (g[j] as number);
      const direction = Array.from({ length: n }, random);
      const norm = Math.sqrt(dot(direction, direction));
      for (let j = 0; j < n; ++j) solution[j] = (solution[j] as number) + (drift * (direction[j] as number)) / norm;
      if (t < T / 2) continue;
      const now = factor === 1 ? learner.x : own;
      sum += solution.reduce((total, value, j) => total + (value - (now[j] as number)) ** 2, 0) / (T / 2);
    }
    return { error: sum, foretold: learner.toJSON().state.error as number };
  }

  it('foretells its error, and longer or shorter steps have more', () => {
    const { error, foretold } = errorOf(1);
    expect(error / foretold).toBeGreaterThan(0.8);
    expect(error / foretold).toBeLessThan(1.25);
    expect(errorOf(0.4).error).toBeGreaterThan(error);
    expect(errorOf(2.2).error).toBeGreaterThan(error);
  });

  it.each([
    [10, 0.5, 0.05, 4],
    [10, 0.5, 0.1, 4],
  ])(
    'is learned where it is not given, and after a jump steps are longer: n = %d, noise %d, drift %d, batches of %d',
    (n, noise, drift, batchSize) => {
      const [T, after] = [2000, 200];
      /** Mean squared errors before a jump by 3 and after it, and what the step becomes. */
      const runOf = (settings: { drift?: number }) => {
        const random = normals(6);
        const learner = onlineLearner({ n, method: 'drift', noise, batchSize, uncertainty: n, ...settings });
        const solution = Array.from({ length: n }, random);
        let [before, later, usual, most] = [0, 0, 0, 0];
        for (let t = 0; t < T + after; ++t) {
          const x = learner.x.slice();
          const error = solution.reduce((total, value, j) => total + (value - (x[j] as number)) ** 2, 0);
          const g = new Float64Array(n);
          for (let b = 0; b < batchSize; ++b) {
            const row = Array.from({ length: n }, random);
            const left = dot(row, x) - dot(row, solution) - noise * random();
            row.forEach((value, j) => {
              g[j] = (g[j] as number) + (value * left) / batchSize;
            });
          }
          learner.update(g);
          const step = ((x[0] as number) - (learner.x[0] as number)) / (g[0] as number);
          if (t >= T) [later, most] = [later + error / after, Math.max(most, step)];
          else if (t >= T / 2) [before, usual] = [before + error / (T / 2), usual + step / (T / 2)];
          const direction = Array.from({ length: n }, random);
          const length = (t === T - 1 ? 3 : drift) / Math.sqrt(dot(direction, direction));
          for (let j = 0; j < n; ++j) solution[j] = (solution[j] as number) + length * (direction[j] as number);
        }
        return { before, later, usual, most };
      };
      const [known, learned] = [runOf({ drift }), runOf({})];
      expect(learned.before).toBeLessThan(1.4 * known.before);
      expect(learned.most).toBeGreaterThan((0.188 / 0.077) * learned.usual); // the plan of these methods: from 0.077 to 0.188
      expect(learned.later).toBeLessThan(known.later);
      expect(known.most / known.usual).toBeCloseTo(1, 6);
    },
  );
});

const examples: OnlineSettings[] = [
  { n: 3 },
  { n: 3, set: { lower: [0, Number.NEGATIVE_INFINITY, -1], upper: 2 }, strongConvexity: 0.5 },
  { n: 3, method: 'optimistic', set: 'simplex', diameter: 2 },
  { n: 3, method: 'optimistic', set: { radius: 0.3 } },
  { n: 3, method: 'unbounded', lipschitz: 2, growth: 0.1 },
  { n: 3, method: 'drift', noise: 0.1, drift: 0.01, batchSize: 2 },
  { n: 3, method: 'drift', noise: 0.1 },
];

it.each(examples)('goes on from JSON bit for bit: %j', (settings) => {
  const random = normals(7);
  const stream = Array.from({ length: 40 }, () => [random(), random(), random()]);
  const whole = onlineLearner(settings);
  const half = onlineLearner(settings);
  for (const g of stream) whole.update(g);
  for (const g of stream.slice(0, 20)) half.update(g);
  const resumed = onlineLearner.fromJSON(JSON.parse(JSON.stringify(half)));
  for (const g of stream.slice(20)) resumed.update(g);
  expect(Array.from(resumed.x)).toEqual(Array.from(whole.x));
  expect(resumed.steps).toBe(40);
  expect(resumed.regret([1, 0, 0])).toBe(whole.regret([1, 0, 0]));
});

it('says what is wrong', () => {
  const make = (settings: unknown) => () => onlineLearner(settings as OnlineSettings);
  expect(make({ n: 0 })).toThrow(/^n = 0: expected an integer >= 1$/);
  expect(make({ n: 2, method: 'adam' })).toThrow(/^method = 'adam': expected one of 'ogd'/);
  expect(make({ n: 2, lipschitz: 1 })).toThrow(
    /^unknown setting 'lipschitz' of method 'ogd'. Known settings: n, method, set/,
  );
  expect(make({ n: 2, method: 'drift', drift: 1 })).toThrow(/^noise = undefined: expected a number$/);
  expect(make({ n: 2, method: 'drift', noise: 1, drift: -1 })).toThrow(/^drift = -1: expected a finite number >= 0$/);
  expect(make({ n: 2, set: 'ball' })).toThrow(/^set = 'ball': expected { lower, upper }, { radius } or 'simplex'$/);
  expect(make({ n: 2, set: { lower: 1, upper: 0 } })).toThrow(
    /^set.lower\[0\] = 1: expected at most set.upper\[0\] = 0$/,
  );
  expect(make({ n: 2, stepsize: 1 })).toThrow(/^unknown setting 'stepsize'/);
  expect(make({ n: 2 ** 40 })).toThrow(/^n = 1099511627776: a learner of so many numbers needs .* MB, of which /);
  const learner = onlineLearner({ n: 2 });
  expect(() => learner.update([1])).toThrow(/^gradient: expected 2 numbers, got 1$/);
  expect(() => learner.update([1, Number.NaN])).toThrow(/^gradient\[1\] = NaN: expected a finite number$/);
  expect(learner.steps).toBe(0);
  expect(() => onlineLearner.fromJSON({ ...learner.toJSON(), version: 2 as 1 })).toThrow(
    /^json.version = 2: expected 1$/,
  );
});
