// Certificates of programs that are convex by rules, and of programs that have no minimum.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  add,
  at,
  div,
  dot,
  exp,
  log,
  matvec,
  mul,
  norm2,
  pow,
  square,
  sub,
  sum,
  sumSquares,
} from '../../src/expressions/index.js';
import { Model, minimize } from '../../src/index.js';
import { generalizedLinearModel, quadraticProgram, readNl, writeNl } from '../../src/nlp/index.js';
import { convexClaims } from './convexClaims.js';
import { pointsOf } from './unboundedClaims.js';

type Variable = ReturnType<Model['variable']>;

function modelOf(
  n: number,
  options: { lower?: number; upper?: number },
  state: (model: Model, x: Variable) => void,
): Model {
  const model = new Model();
  state(model, model.variable(n, { ...options, start: 0.7 }) as unknown as Variable);
  return model;
}

const global: [string, () => Model, number][] = [
  ['squares of free variables', () => modelOf(3, {}, (m, x) => m.minimize(add(sumSquares(sub(x, 1)), 2))), 2],
  [
    'a product beside squares',
    () => modelOf(2, {}, (m, x) => m.minimize(add(sumSquares(x), mul(at(x, 0), at(x, 1))))),
    0,
  ],
  [
    'a cube over x >= 0',
    () => modelOf(1, { lower: 0, upper: 9 }, (m, x) => m.minimize(sub(sum(pow(x, 3)), mul(12, sum(x))))),
    -16,
  ],
  ['1 / x over x >= 0', () => modelOf(1, { lower: 0 }, (m, x) => m.minimize(sum(add(div(1, x), x)))), 2],
  [
    'a logarithm and a quadratic form',
    () => modelOf(1, {}, (m, x) => m.minimize(sub(mul(0.5, dot(x, matvec([[1]], x))), sum(log(x))))),
    0.5,
  ],
  ['exp and a linear term', () => modelOf(1, {}, (m, x) => m.minimize(sum(sub(exp(x), x)))), 1],
  [
    'a ball and a linear objective',
    () =>
      modelOf(2, { lower: -5, upper: 5 }, (m, x) => {
        m.minimize(dot([3, 4], x));
        m.atMost(sumSquares(x), 1);
      }),
    -5,
  ],
  [
    'a linear program whose rows bound the variables',
    () =>
      modelOf(2, { lower: 0 }, (m, x) => {
        m.minimize(dot([-1, -2], x));
        m.atMost(sum(x), 3);
        m.atMost(at(x, 1), 2);
      }),
    -5,
  ],
  [
    'a quadratic under equations',
    () =>
      modelOf(3, {}, (m, x) => {
        m.minimize(sumSquares(x));
        m.equal(sum(x), 3);
      }),
    3,
  ],
  [
    'an objective that only its constraint makes convex',
    () =>
      modelOf(2, { lower: -2, upper: 2 }, (m, x) => {
        m.minimize(sub(at(x, 0), sumSquares(x)));
        m.atMost(sumSquares(x), 1);
      }),
    -2,
  ],
];

describe('global', () => {
  it.each(global)('is said of %s', async (_, make, minimum) => {
    const { status, objective, certificate, lowerBound, gap } = await minimize(make());
    expect(status).toBe('solved');
    expect(certificate).toMatchObject({ kind: 'global', lowerBound, gap });
    expect(Math.abs(objective - minimum)).toBeLessThanOrEqual(1e-7);
    expect(lowerBound).toBeLessThanOrEqual(minimum + 1e-9);
    expect(lowerBound).toBeGreaterThanOrEqual(minimum - 1e-6);
  });

  it('has an upper bound of a maximum', async () => {
    const model = modelOf(2, { lower: 0.1, upper: 3 }, (m, x) => {
      m.maximize(sum(log(x)));
      m.atMost(sum(x), 2);
    });
    const { certificate, gap, objective, lowerBound } = await minimize(model);
    expect(certificate).toMatchObject({ kind: 'global', gap });
    expect(lowerBound).toBeUndefined();
    expect(certificate.lowerBound).toBeUndefined();
    expect(certificate.upperBound).toBeGreaterThanOrEqual(objective);
  });

  it('is said of quadratic programs, regressions and .nl files', async () => {
    const programs = [
      quadraticProgram({
        Q: [
          [2, 1],
          [1, 2],
        ],
        c: [-1, 1],
      }),
      quadraticProgram({ c: [1, 1], G: [[1, 2]], atLeast: 2, lower: 0, upper: 10 }),
      generalizedLinearModel({ loss: 'logistic', x: [[1], [2], [3], [4]], y: [0, 1, 0, 1], ridge: 0.1 }),
    ];
    for (const program of programs) expect((await minimize(program)).certificate.kind).toBe('global');
    const folder = await mkdtemp(join(tmpdir(), 'convex-'));
    try {
      const path = join(folder, 'model.nl');
      await writeNl(
        modelOf(2, { lower: 0, upper: 4 }, (m, x) => m.minimize(add(sum(pow(x, 3)), norm2(add(x, 1))))),
        path,
      );
      expect((await minimize(await readNl(path))).certificate.kind).toBe('global');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each<[string, () => Model]>([
    ['a cube over numbers below 0', () => modelOf(1, { lower: -1, upper: 2 }, (m, x) => m.minimize(sum(pow(x, 3))))],
    ['a product', () => modelOf(2, { lower: 0.5, upper: 2 }, (m, x) => m.minimize(mul(at(x, 0), at(x, 1))))],
    [
      'a form with a small negative eigenvalue',
      () =>
        modelOf(2, {}, (m, x) =>
          m.minimize(
            add(
              square(add(at(x, 0), at(x, 1))),
              mul(-1e-9, square(sub(at(x, 0), at(x, 1)))),
              pow(at(x, 0), 4),
              pow(at(x, 1), 4),
            ),
          ),
        ),
    ],
  ])('is not said of %s', async (_, make) => {
    const { status, certificate, lowerBound } = await minimize(make());
    expect(status).toBe('solved');
    expect(['local', 'stationary']).toContain(certificate.kind);
    expect(lowerBound).toBeUndefined();
  });

  it('is explained where a variable without bounds leaves none', async () => {
    const { status, certificate } = await minimize(
      modelOf(2, {}, (m, x) => {
        m.minimize(add(at(x, 0), mul(0.5, at(x, 1))));
        m.atLeast(add(at(x, 0), at(x, 1)), 1);
        m.atLeast(at(x, 0), 0.5);
        m.atLeast(add(mul(1 / 3, at(x, 0)), at(x, 1)), 0.1);
      }),
    );
    expect(status).toBe('solved');
    expect(certificate.lowerBound === undefined ? certificate.because : 'finite lower bound').toMatch(
      /finite lower bound/,
    );
  });
});

it.each(Object.entries(convexClaims))('%s say what is true', { timeout: 300_000 }, async (_, { trial, shows }) => {
  const results = [];
  for (let seed = 1; seed <= 200; ++seed) results.push({ seed, ...(await trial(seed)) });
  expect(results.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  expect(results.filter(({ status }) => status === shows).length).toBeGreaterThan(20);
});

describe('a program without a minimum', () => {
  it.each<[string, 'ray' | 'curve', () => Model, (x: number[]) => number]>([
    [
      'falls along a ray',
      'ray',
      () =>
        modelOf(2, { lower: 0 }, (m, x) => {
          m.minimize(mul(-1, at(x, 1)));
          m.atMost(at(x, 0), 1);
        }),
      (x) => -(x[1] as number),
    ],
    [
      'falls along a curve',
      'curve',
      () =>
        modelOf(2, {}, (m, x) => {
          m.minimize(mul(-1, at(x, 0)));
          m.atLeast(sub(at(x, 1), square(at(x, 0))), 0);
        }),
      (x) => -(x[0] as number),
    ],
  ])('%s', async (_, kind, make, f) => {
    const { status, certificate } = await minimize(make());
    expect([status, certificate.kind, certificate.proof?.kind]).toEqual(['unbounded', 'none', kind]);
    const values = pointsOf(certificate.proof as NonNullable<typeof certificate.proof>).map(f);
    expect(values.length).toBeGreaterThan(3);
    values.forEach((value, k) => {
      if (k > 0) expect(value).toBeLessThan(values[k - 1] as number);
    });
  });
});
