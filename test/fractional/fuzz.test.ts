// Small random ratios of every numerator, penalty and denominator, with data of any scale, zeros and repetitions: refused with
// a message that helps, or solved to a point whose value is what the definitions say, and no worse than the start.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  affine,
  affineSquared,
  box,
  type DenominatorTerm,
  elasticNet,
  l1,
  l1Squared,
  leastSquares,
  logistic,
  lpNorm,
  type NumeratorTerm,
  nonNegative,
  norm1,
  norm2,
  normInf,
  type Penalty,
  quadratic,
  separableConcave,
  squaredHinge,
  sumLog,
  sumSqrt,
  sumSquares,
  topK,
} from '../../src/fractional/index.js';
import {
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  type Matrix,
  minimizeRatio,
  SolverError,
} from '../../src/index.js';
import { long } from '../long.js';
import { check } from './checked.js';
import { Draw, entry, gram, ratioAt, type Vector, vector } from './values.js';

/** The parts of a case: names of terms, sizes, and how degenerate the data are. */
interface Case {
  numerator: string;
  penalty: string;
  denominator: string;
  m: number;
  n: number;
  seed: number;
  scale: number;
  zeros: number;
  repeated: boolean;
  withStart: boolean;
  settings: FractionalSettings;
}

/** Data of a case: a share of them zeros, the columns perhaps all the same, all of one scale. */
class Data {
  readonly draw: Draw;
  constructor(private readonly from: Case) {
    this.draw = new Draw((from.seed * 104_729_003 + 1) % 2_147_483_647);
  }
  number(): number {
    const value = this.draw.normal();
    return this.draw.uniform() < this.from.zeros ? 0 : value;
  }
  numbers(count: number, scale = this.from.scale): Float64Array {
    return vector(count, () => scale * this.number());
  }
  positive(count: number): Float64Array {
    return this.numbers(count).map(Math.abs);
  }
  matrix(rows: number, columns: number): Matrix {
    const A: Matrix = { data: this.numbers(rows * columns), rows, columns };
    if (!this.from.repeated) return A;
    return { ...A, data: vector(A.data.length, (at) => entry(A, Math.floor(at / columns), 0)) };
  }
}

const numerators: Record<string, (data: Data, c: Case) => NumeratorTerm[]> = {
  leastSquares: (data, { m, n }) => [leastSquares(data.matrix(m, n), data.numbers(m))],
  'leastSquares at 0': (data, { m, n }) => [leastSquares(data.matrix(m, n), new Float64Array(m))],
  squaredHinge: (data, { m, n }) => [squaredHinge(data.matrix(m, n), data.numbers(m))],
  logistic: (data, { m, n }) => [
    logistic(
      data.matrix(m, n),
      vector(m, () => (data.draw.uniform() < 0.5 ? -1 : 1)),
    ),
  ],
  quadratic: (data, { m, n }) => [quadratic(gram(data.matrix(m, n)), { constant: 1 })],
  'quadratic, linear': (data, { m, n, scale }) => [
    quadratic(gram(data.matrix(m, n)), { linear: data.numbers(n, 0.1 * scale), constant: 5 }),
  ],
  sumSquares: (_, { scale }) => [sumSquares({ weight: scale, constant: 1 })],
  affine: (data, { n }) => [affine(data.positive(n), 1)],
  sum: (data, { m, n }) => [
    leastSquares(data.matrix(m, n), data.numbers(m)),
    sumSquares(),
    affine(data.numbers(n, 0.1), 9),
  ],
  none: () => [],
};

const penalties: Record<string, (data: Data, c: Case) => Penalty[]> = {
  none: () => [],
  l1: (_, { scale }) => [l1(0.1 * scale)],
  'l1 by coordinate': (data, { n }) => [l1(data.positive(n))],
  elasticNet: (data, { n }) => [elasticNet(0.2, data.positive(n))],
  l1Squared: () => [l1Squared(0.2)],
  box: () => [box(-1, 2)],
  'box of zero width': (_, { n }) => [
    box(
      vector(n, (i) => (i === 0 ? 1 : -1)),
      1,
    ),
  ],
  nonNegative: () => [nonNegative(), l1(0.1)],
};

const denominators: Record<string, (data: Data, c: Case) => DenominatorTerm> = {
  norm1: (_, { scale }) => norm1({ scale }),
  norm2: () => norm2(),
  'norm2 + 1': () => norm2({ shift: 1 }),
  normInf: () => normInf(),
  topK: (_, { n }) => topK(Math.ceil(n / 2)),
  'topK + 1': (_, { n, scale }) => topK(n, { scale, shift: 1 }),
  ...Object.fromEntries(
    [1, 2, 4, Number.POSITIVE_INFINITY].flatMap((p): [string, (data: Data, c: Case) => DenominatorTerm][] => [
      [`lpNorm ${p}`, (data, { m, n }) => lpNorm(data.matrix(m, n), p)],
      [`lpNorm ${p} squared`, (data, { m, n }) => lpNorm(data.matrix(m, n), p, { squared: true })],
      [`lpNorm ${p} squared + 1`, (data, { m, n }) => lpNorm(data.matrix(m, n), p, { squared: true, shift: 1 })],
    ]),
  ),
  sumSquares: () => sumSquares(),
  'sumSquares + 1': (_, { scale }) => sumSquares({ weight: scale, constant: 1 }),
  quadratic: (data, { m, n }) => quadratic(gram(data.matrix(m, n)), { linear: data.numbers(n, 0.1), constant: 5 }),
  linear: (data, { n }) => affine(data.positive(n), 1),
  affineSquared: (data, { n }) => affineSquared(data.numbers(n), 1),
  sumSqrt: (data, { n }) => sumSqrt({ epsilon: data.positive(n), weights: data.positive(n), shift: 0.1 }),
  sumLog: (data, { n }) => sumLog(data.positive(n), { shift: 0.1 }),
  separable: () =>
    separableConcave(
      (u) => (u > -1 ? Math.log1p(u) : Number.NaN),
      (u) => 1 / (1 + u),
      { shift: 1 },
    ),
};

/** They need x >= 0. */
const oneSided = ['linear', 'sumSqrt', 'sumLog', 'separable'];

function make(c: Case): FractionalProblem {
  const data = new Data(c);
  const of = <T>(terms: Record<string, (data: Data, c: Case) => T>, name: string) =>
    (terms[name] as (data: Data, c: Case) => T)(data, c);
  const terms = [...of(numerators, c.numerator), ...of(penalties, c.penalty)];
  const denominator = of(denominators, c.denominator);
  if (oneSided.includes(c.denominator)) terms.push(nonNegative());
  if (c.denominator === 'affineSquared' && c.withStart) terms.push(nonNegative());
  return { numerator: terms, denominator, ...(c.withStart && { start: vector(c.n, (i) => (i % 3 === 2 ? 0.5 : 1)) }) };
}

const cases: fc.Arbitrary<Case> = fc.record({
  numerator: fc.constantFrom(...Object.keys(numerators)),
  penalty: fc.constantFrom(...Object.keys(penalties)),
  denominator: fc.constantFrom(...Object.keys(denominators)),
  m: fc.integer({ min: 1, max: 7 }),
  n: fc.integer({ min: 1, max: 6 }),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  scale: fc.constantFrom(1, 1, 1, 1, 1e-3, 1e3, 1e-8, 1e8, 1e-100, 1e100),
  zeros: fc.constantFrom(0, 0, 0.3, 0.8, 1),
  repeated: fc.boolean(),
  withStart: fc.boolean(),
  settings: fc.record({
    method: fc.constantFrom('auto', 'fcd', 'pcd'),
    sweepOrder: fc.constantFrom('cyclic', 'shuffled', 'greedy'),
    restarts: fc.constantFrom(0, 0, 2),
    gram: fc.constantFrom('auto', 'always', 'never'),
    seed: fc.integer({ min: 0, max: 100 }),
    proximalWeight: fc.constantFrom(1e-6, 0, 1),
    radialStep: fc.boolean(),
    activeSet: fc.boolean(),
    acceleration: fc.boolean(),
    lassoStart: fc.boolean(),
    maxIterations: fc.constant(300),
  }),
});

const plain: Omit<Case, 'numerator' | 'penalty' | 'denominator' | 'm' | 'n' | 'seed'> = {
  scale: 1,
  zeros: 0,
  repeated: false,
  withStart: false,
  settings: {
    method: 'auto',
    sweepOrder: 'cyclic',
    restarts: 0,
    gram: 'auto',
    seed: 0,
    proximalWeight: 0,
    radialStep: false,
    activeSet: false,
    acceleration: false,
    lassoStart: false,
    maxIterations: 300,
  },
};

/** Cases that once failed. */
const found: Case[] = [
  // F does not depend on the length of x, and along the only coordinate that is not zero 0 / 0 seemed better.
  {
    ...plain,
    numerator: 'leastSquares',
    penalty: 'l1Squared',
    denominator: 'lpNorm 4 squared',
    m: 4,
    n: 3,
    seed: 103_676,
    zeros: 0.8,
    withStart: true,
  },
  // The infimum lies at infinity, where the parts of the numerator cancel.
  {
    ...plain,
    numerator: 'quadratic, linear',
    penalty: 'l1 by coordinate',
    denominator: 'norm1',
    m: 1,
    n: 2,
    seed: 79_431,
    settings: { ...plain.settings, proximalWeight: 1, radialStep: true },
  },
  // In the first step x and both functions grow by 16 digits, and then fall by a factor of 2 or 4 a sweep.
  {
    ...plain,
    numerator: 'quadratic',
    penalty: 'none',
    denominator: 'norm1',
    m: 3,
    n: 1,
    seed: 1,
    scale: 1e-8,
    settings: { ...plain.settings, proximalWeight: 1e-6 },
  },
  // A x goes to 0 without x; computed anew it is exactly 0, and the ratio 0 / 0.
  {
    ...plain,
    numerator: 'leastSquares at 0',
    penalty: 'none',
    denominator: 'lpNorm Infinity',
    m: 1,
    n: 4,
    seed: 999_506,
    scale: 1e8,
    repeated: true,
    withStart: true,
    settings: { ...plain.settings, method: 'fcd' },
  },
  // x goes to 0 with both functions; then what is no rounding, but too small to count, must not let the ratio rise.
  {
    ...plain,
    numerator: 'leastSquares at 0',
    penalty: 'l1 by coordinate',
    denominator: 'lpNorm 2',
    m: 2,
    n: 2,
    seed: 358_729,
    scale: 1e8,
    settings: { ...plain.settings, sweepOrder: 'greedy', radialStep: true, lassoStart: true },
  },
  // Of a start as small as the data A x vanishes beside b, and is nothing but rounding once it is stretched to the bounds.
  {
    ...plain,
    numerator: 'leastSquares',
    penalty: 'box',
    denominator: 'lpNorm Infinity',
    m: 2,
    n: 1,
    seed: 999_019,
    scale: 1e-100,
    settings: { ...plain.settings, restarts: 2, proximalWeight: 1e-6, radialStep: true },
  },
  // Q is singular, and at one of the starts its quadratic form nothing but rounding.
  {
    ...plain,
    numerator: 'quadratic',
    penalty: 'none',
    denominator: 'lpNorm 2',
    m: 3,
    n: 4,
    seed: 482_471,
    settings: { ...plain.settings, proximalWeight: 1e-6, radialStep: true },
  },
  // A x goes to 0 step by step: the root of what rounding leaves of its fourth powers is 1e-8, beside a shift of 1.
  {
    ...plain,
    numerator: 'sumSquares',
    penalty: 'none',
    denominator: 'lpNorm 4 squared + 1',
    m: 1,
    n: 4,
    seed: 706_798,
    repeated: true,
    withStart: true,
  },
];

/** Solved and refused, to see that neither takes all. */
async function invariant(c: Case): Promise<'solved' | 'refused' | 'other'> {
  let problem: FractionalProblem;
  try {
    problem = make(c);
  } catch (error) {
    refusal(error);
    return 'refused';
  }
  const result = await minimizeRatio(problem, { ...c.settings, checkInterval: 1 }).catch((error: unknown) => error);
  if (result instanceof Error || typeof result !== 'object' || result === null || !('x' in result)) {
    refusal(result);
    return 'refused';
  }
  // Terms of very different size leave less than half of the digits.
  const growth = Math.abs(Math.log10(c.scale)) > 50 ? 1e-6 : 1e-8;
  const { status } = check(problem, result as FractionalResult, c.settings, growth);
  return status === 'solved' ? 'solved' : 'other';
}

function refusal(error: unknown): void {
  const known = error instanceof TypeError || error instanceof RangeError || error instanceof SolverError;
  expect(known, `${error}`).toBe(true);
  // The argument, and what was expected.
  expect((error as Error).message).toMatch(/^[a-zA-Z][\w.[\]]*( \(\w+\)| at the start)?(:| = ).*expected/);
}

describe('every combination of terms', () => {
  it('is refused with its reason, or solved to what its result says', async () => {
    const count = { solved: 0, refused: 0, other: 0 };
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        ++count[await invariant(c)];
      }),
      { seed: 20_220_805, numRuns: long ? 1000 : 300, examples: found.map((c) => [c]) },
    );
    expect(count.solved).toBeGreaterThan(long ? 300 : 90);
    expect(count.refused).toBeGreaterThan(long ? 10 : 3);
  });
});

describe('several starts', () => {
  const draw = new Draw(4_711_000_111);
  const [m, n] = [25, 10];
  const G = draw.matrix(m, n);
  const fit = leastSquares(draw.matrix(m, n), draw.normals(m));
  const problems: [string, FractionalProblem][] = [
    ['norm1', { numerator: [fit], denominator: norm1() }],
    ['topK', { numerator: [fit, l1(0.2)], denominator: topK(3, { scale: 0.2 }) }],
    ['norm2 with box', { numerator: [fit, box(-1, 1)], denominator: norm2() }],
    ['lpNorm 1', { numerator: [sumSquares({ constant: 1 })], denominator: lpNorm(G, 1) }],
    ['lpNorm 4', { numerator: [sumSquares()], denominator: lpNorm(G, 4, { squared: true }) }],
    ['lpNorm inf', { numerator: [sumSquares()], denominator: lpNorm(G, Number.POSITIVE_INFINITY, { squared: true }) }],
    ['sumSquares', { numerator: [fit], denominator: sumSquares({ constant: 1 }) }],
    ['sumLog', { numerator: [fit, nonNegative()], denominator: sumLog(new Float64Array(n).fill(2), { shift: 0.1 }) }],
  ];
  it.each(problems)('over %s: the same numbers for any number of threads and by the same seed', async (_, problem) => {
    for (const sweepOrder of ['cyclic', 'shuffled'] as const) {
      const solve = (threads: number, seed: number) =>
        minimizeRatio(problem, { restarts: 39, sweepOrder, threads, seed });
      const [one, two, again, other] = await Promise.all([solve(1, 3), solve(2, 3), solve(1, 3), solve(2, 4)]);
      for (const run of [one, two, again, other]) {
        check(problem, run);
        expect(run.starts.length).toBeGreaterThan(1);
        expect(run.objective).toBe(Math.min(...run.starts.map(({ objective }) => objective)));
      }
      for (const run of [two, again]) {
        expect(run.x).toEqual(one.x);
        expect(run.objective).toBe(one.objective);
        expect(run.starts).toEqual(one.starts);
        const values = ({ history }: typeof run) => history.map(({ iteration, objective }) => [iteration, objective]);
        expect(values(run)).toEqual(values(one));
      }
      expect(other.starts).not.toEqual(one.starts);
      // A prefix of the starts does not depend on how many there are.
      const few = await minimizeRatio(problem, { restarts: 1, sweepOrder, seed: 3 });
      expect(one.objective).toBeLessThanOrEqual(few.objective * (1 + 1e-9));
    }
  });

  it('no start is worse at its end than where it began', async () => {
    const start: Vector = new Float64Array(n).fill(1);
    for (const [, problem] of problems) {
      const { starts } = await minimizeRatio({ ...problem, start }, { restarts: 3 });
      expect(starts[0]?.objective).toBeLessThanOrEqual(ratioAt(problem, start) * (1 + 1e-12));
    }
  });
});
