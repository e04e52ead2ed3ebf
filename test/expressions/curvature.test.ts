import { describe, expect, it } from 'vitest';
import { uniforms } from '../../src/core/random.js';
import {
  abs,
  add,
  clip,
  concat,
  crossEntropy,
  div,
  dot,
  type Expression,
  evaluate,
  exp,
  gather,
  hinge,
  huber,
  log,
  logSumExp,
  Model,
  matvec,
  max,
  min,
  mul,
  neg,
  norm2,
  pow,
  relu,
  sigmoid,
  slice,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  sumSquares,
  tanh,
} from '../../src/expressions/index.js';
import { generalizedLinearModel } from '../../src/nlp/index.js';
import { minimizeSum } from '../../src/smooth/index.js';

describe('curvature', () => {
  const model = new Model();
  const x = model.variable(3);
  const y = model.variable();
  const lambda = model.parameter({ value: 2 });
  const unset = model.parameter();
  const rows = model.rows({ x: [[1, 2, 3], [4, 5, 6]], y: [0, 1], w: [1, 2], label: [1, -1] }); // biome-ignore format: data
  const t = dot(x, rows.x);

  it.each<[string, Expression, string]>([
    ['variables', x, 'affine'],
    ['numbers', exp(concat([1, 2])), 'constant'],
    ['a difference', sub(mul(-3, x), y), 'affine'],
    ['a product with data', matvec([[1, -1, 2]], x), 'affine'],
    ['a product of variables', mul(x, y), 'unknown'],
    ['the square of an affine function', square(sub(y, 1)), 'convex'],
    ['a product of a number with itself', mul(y, y), 'convex'],
    ['the square of a square', square(square(y)), 'convex'],
    ['the square of what has both signs', square(sub(square(y), 1)), 'unknown'],
    ['the negative of a square', neg(square(y)), 'concave'],
    ['the square of what is never above 0 and concave', square(neg(square(y))), 'convex'],
    ['an exponential of a convex function', exp(square(y)), 'convex'],
    ['an exponential of a concave one', exp(neg(square(y))), 'unknown'],
    ['a logarithm', log(y), 'concave'],
    ['the logarithm of a convex function', log(exp(y)), 'unknown'],
    ['logSumExp', logSumExp(mul(2, x)), 'convex'],
    ['a norm', norm2(sub(x, y)), 'convex'],
    ['a root of a sum of squares and more', sqrt(add(sumSquares(x), 1)), 'unknown'],
    ['a maximum', max(x, square(y)), 'convex'],
    ['a maximum with a concave function', max(y, log(y)), 'unknown'],
    ['a minimum', min(y, sqrt(y)), 'concave'],
    ['relu', relu(y), 'convex'],
    ['clip', clip(y, 0, 1), 'unknown'],
    ['huber', huber(y), 'convex'],
    ['huber of an absolute value', huber(abs(y)), 'convex'],
    ['huber of a concave function', huber(log(y)), 'unknown'],
    ['hinge', hinge(t, rows.label), 'convex'],
    ['an even power', pow(y, 4), 'convex'],
    ['an odd power', pow(y, 3), 'unknown'],
    ['an odd power of what is >= 0', pow(relu(y), 3), 'convex'],
    ['a power between 1 and 2', pow(y, 1.5), 'convex'],
    ['a power between 0 and 1', pow(y, 0.5), 'concave'],
    ['a reciprocal of what may have both signs', pow(y, -1), 'unknown'],
    ['a reciprocal root', pow(y, -0.5), 'convex'],
    ['a division by a negative number', div(square(y), -2), 'concave'],
    ['a division by a variable', div(1, y), 'unknown'],
    ['a parameter that is positive', mul(lambda, square(y)), 'convex'],
    ['a parameter without a value', mul(unset, square(y)), 'unknown'],
    ['a parameter without a value times an affine function', mul(unset, y), 'affine'],
    ['parts', add(sum(slice(x, 0, 2)), dot([1, 2], gather(x, [0, 2]))), 'affine'],
    ['saturation', tanh(y), 'unknown'],
    ['logistic loss of a row', crossEntropy(t, rows.y), 'convex'],
    ['a weighted loss', rows.mean(mul(rows.w, square(sub(t, rows.y)))), 'convex'],
    ['a loss with weights of both signs', rows.mean(mul(rows.label, square(sub(t, rows.y)))), 'unknown'],
    ['the largest of the losses', rows.max(square(sub(t, rows.y))), 'convex'],
    ['the largest of concave ones', rows.max(neg(square(sub(t, rows.y)))), 'unknown'],
    ['a network', rows.mean(square(sub(mul(y, sigmoid(t)), rows.y))), 'unknown'],
  ])('of %s', (_, expression, expected) => {
    expect(model.curvature(expression)).toBe(expected);
  });

  it('follows the present values of parameters and of rows', () => {
    const loss = rows.mean(mul(rows.w, mul(lambda, softplus(t))));
    lambda.set(-1);
    expect(model.curvature(loss)).toBe('concave');
    lambda.set(2);
    expect(model.curvature(loss)).toBe('convex');
    rows.replace({ x: [[1, 2, 3]], y: [0], w: [-1], label: [1] });
    expect(model.curvature(loss)).toBe('concave');
  });

  it('refuses expressions of another model and what is none', () => {
    expect(() => new Model().curvature(x)).toThrow(TypeError);
    expect(() => model.curvature('x' as never)).toThrow(/expression = 'x'/);
  });

  it('looks at a deep formula whose parts are used many times', () => {
    let deep: Expression = y;
    for (let k = 0; k < 1500; ++k) deep = max(add(deep, deep), deep);
    expect(model.curvature(deep)).toBe('convex');
  });

  it('looks at more parts side by side than a call has arguments', () => {
    expect(model.curvature(concat(Array(150_000).fill(square(y))))).toBe('convex');
  });
});

describe('isConvex', () => {
  const make = (write: (model: Model, x: Expression<readonly [number]>) => void): boolean => {
    const model = new Model();
    write(model, model.variable(2, { lower: 0 }));
    return model.isConvex();
  };

  it.each<[string, boolean, (model: Model, x: Expression<readonly [number]>) => void]>([
    ['no objective', true, () => {}],
    ['a convex objective', true, (model, x) => model.minimize(sumSquares(x))],
    ['a concave objective', false, (model, x) => model.minimize(neg(sumSquares(x)))],
    ['a concave one that is to be large', true, (model, x) => model.maximize(sum(log(x)))],
    ['a convex one that is to be large', false, (model, x) => model.maximize(sumSquares(x))],
    ['affine equations', true, (model, x) => void model.equal(sum(x), 1)],
    ['other equations', false, (model, x) => void model.equal(sumSquares(x), 1)],
    ['a ball', true, (model, x) => void model.atMost(norm2(x), 1)],
    ['the outside of a ball', false, (model, x) => void model.atLeast(norm2(x), 1)],
    ['a concave function that is at least a number', true, (model, x) => void model.atLeast(sum(log(x)), -1)],
    ['a ring', false, (model, x) => void model.between(norm2(x), 1, 2)],
    ['a ring without a hole', true, (model, x) => void model.between(norm2(x), -Infinity, 2)],
    ['a strip', true, (model, x) => void model.between(sum(x), 1, 2)],
    ['expressions on both sides', true, (model, x) => void model.atMost(sumSquares(x), sum(x))],
    ['expressions on the wrong sides', false, (model, x) => void model.atMost(sum(x), sumSquares(x))],
  ])('of %s is %s', (_, expected, write) => {
    expect(make(write)).toBe(expected);
  });
});

/** Formulas of three numbers by chance. */
function formulaOf(depth: number, uniform: () => number, leaves: readonly Expression[]): Expression {
  const below = (n: number) => Math.min(n - 1, Math.floor(n * uniform()));
  if (depth === 0) return leaves[below(leaves.length)] as Expression;
  const part = () => formulaOf(depth - 1, uniform, leaves);
  const made = [
    () => add(part(), part()),
    () => sub(part(), part()),
    () => mul(Math.round(6 * uniform() - 3), part()),
    () => mul(part(), part()),
    () => square(part()),
    () => abs(part()),
    () => exp(mul(0.2, part())),
    () => softplus(part()),
    () => max(part(), part()),
    () => min(part(), part()),
    () => huber(part(), 0.5),
    () => relu(part()),
    () => sqrt(relu(part())),
    () => log(add(1, square(part()))),
    () => pow(relu(part()), 1 + 2 * uniform()),
    () => neg(part()),
    () => norm2(part()),
    () => logSumExp(part()),
    () => tanh(part()),
    () => div(part(), 1 - 3 * uniform()),
  ];
  return (made[below(made.length)] as () => Expression)();
}

it('what is called convex lies below its chords', async () => {
  const uniform = uniforms(7);
  const point = () => Float64Array.from({ length: 4 }, () => 4 * uniform() - 2);
  const found = { convex: 0, concave: 0, affine: 0, constant: 0, unknown: 0 };
  const model = new Model();
  const leaves = [model.variable(3), model.variable()];
  const claims: { name: string; bend: 1 | -1 }[] = [];
  for (let k = 0; k < 400; ++k) {
    const formula = formulaOf(1 + (k % 4), uniform, leaves);
    const claim = model.curvature(formula);
    ++found[claim];
    if (claim === 'unknown' || claim === 'constant') continue;
    model.output(`f${k}`, sum(formula));
    if (claim !== 'concave') claims.push({ name: `f${k}`, bend: 1 });
    if (claim !== 'convex') claims.push({ name: `f${k}`, bend: -1 });
  }
  expect(found.convex).toBeGreaterThan(50);
  expect(found.concave).toBeGreaterThan(12);
  for (let trial = 0; trial < 8; ++trial) {
    const [a, b] = [point(), point()];
    const [atA, atB, between] = [
      await evaluate(model, a),
      await evaluate(model, b),
      await evaluate(
        model,
        a.map((v, j) => (v + (b[j] as number)) / 2),
      ),
    ] as Record<string, number>[];
    for (const { name, bend } of claims) {
      const [left, right, middle] = [atA?.[name], atB?.[name], between?.[name]] as [number, number, number];
      const above = bend * ((left + right) / 2 - middle);
      expect(above, name).toBeGreaterThanOrEqual(-1e-9 * (1 + Math.abs(left) + Math.abs(right)));
    }
  }
});

describe('minimizeSum of formulas that are known to be convex', () => {
  const uniform = uniforms(3);
  const x = Array.from({ length: 400 }, () => [uniform() - 0.5, uniform() - 0.5, 1]);
  const y = x.map(([a, b]) => 3 * (a as number) - 2 * (b as number) + 0.1 * uniform());
  const settings = { batchSize: 32, maxEpochs: 20, seed: 1 };

  it('takes the method of convex sums, and says how far a ridge lets the minimum be', async () => {
    const model = new Model();
    const w = model.variable(3);
    const rows = model.rows({ x, y });
    const ridge = model.parameter({ value: 0.1 });
    model.minimize(add(rows.mean(huber(sub(dot(w, rows.x), rows.y))), mul(ridge, sumSquares(w))));
    const found = await minimizeSum(model, settings);
    const least = await minimizeSum(model, { tolerance: 1e-10, maxEpochs: 1000 });
    expect(found.method).toBe('adog');
    const gap = found.gap as number;
    const above = (found.objective as number) - (least.objective as number);
    expect(above).toBeLessThanOrEqual(gap);
    expect(gap).toBeLessThan(0.1);
  });

  it('has the certificate of the regression that the formula writes', async () => {
    const model = new Model();
    const w = model.variable(3);
    const rows = model.rows({ x, y });
    model.minimize(rows.mean(add(mul(0.5, square(sub(dot(w, rows.x), rows.y))), mul(0.05, sumSquares(w)))));
    const regression = generalizedLinearModel({ loss: 'squared', x, y, ridge: 0.1, intercept: false });
    const [ours, theirs] = [await minimizeSum(model, settings), await minimizeSum(regression, settings)];
    const [a, b] = [ours.gap, theirs.gap] as [number, number];
    expect(a / b).toBeGreaterThan(0.1);
    expect(a / b).toBeLessThan(10);
  });

  it('does not where the ridge leaves a variable out', async () => {
    const model = new Model();
    const [w, c] = [model.variable(3), model.variable()];
    const rows = model.rows({ x, y });
    model.minimize(add(rows.mean(huber(sub(add(dot(w, rows.x), c), rows.y))), mul(0.1, sumSquares(w))));
    const found = await minimizeSum(model, settings);
    expect(found.method).toBe('adog');
    expect(found.certificate).toEqual({ kind: 'none' });
  });
});
