// Convex problems made from their solution: x, the active bounds and sides and their multipliers are drawn, and the objective is such that
// they are the only answer. Every way to write a bound or a side occurs, starts lie anywhere, and half of the problems maximise.
import { describe, expect, it } from 'vitest';
import { add, dot, type Expression, matvec, mul, neg, sub, sumSquares } from '../../src/expressions/index.js';
import { Model, minimize, type NlpResult } from '../../src/index.js';
import { checkOptimality } from '../../src/nlp/index.js';
import { Draw } from '../fractional/values.js';
import { all, long } from '../long.js';

const Inf = Number.POSITIVE_INFINITY;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A model with its only solution, multipliers as of the function that is minimised. */
interface Known {
  model: Model;
  sign: number;
  x: number[];
  multipliers: number[];
  /** lowerMultipliers - upperMultipliers. */
  reduced: number[];
  activeLower: number[];
  activeUpper: number[];
  activeConstraints: number[];
  /** Dimension of the null space of what is active. */
  free: number;
}

class Maker {
  readonly model = new Model();
  readonly draw: Draw;
  readonly n: number;
  readonly x: number[];
  /** Bounds and constraints that may yet be active. */
  left: number;

  constructor(seed: number) {
    this.draw = new Draw(seed);
    for (let i = 0; i < 5; ++i) this.draw.uniform();
    this.n = 1 + this.below(8);
    this.x = Array.from(this.draw.normals(this.n, 2));
    this.left = this.below(this.n + 1);
  }

  below(n: number): number {
    return Math.floor(n * this.draw.uniform());
  }
  /** A margin or a multiplier that is not small. */
  size(): number {
    return 0.4 + 1.6 * this.draw.uniform();
  }
  /** A kind of bound or side; only inactive ones when no more may be active. */
  kind<const Kind extends string>(inactive: readonly Kind[], active: readonly Kind[]): Kind {
    const kinds = this.left > 0 ? [...inactive, ...active] : inactive;
    const kind = kinds[this.below(kinds.length)] as Kind;
    if ((active as readonly string[]).includes(kind)) --this.left;
    return kind;
  }
  /** A side in one of the ways to write it. */
  side(value: number): number | Expression<readonly []> {
    const parameter = () => this.model.parameter({ value });
    return [() => value, parameter, () => add(parameter(), 0)][this.below(3)]?.() ?? value;
  }

  bounds() {
    const lower: number[] = [];
    const upper: number[] = [];
    const reduced: number[] = [];
    const active = { lower: [] as number[], upper: [] as number[] };
    this.x.forEach((value, j) => {
      const kind = this.kind(['free', 'lower', 'upper', 'both'], ['atLower', 'atUpper', 'fixed']);
      const [below, above] = [value - this.size(), value + this.size()];
      const [atLower, atUpper] = [kind === 'atLower', kind === 'atUpper'];
      if (kind === 'fixed') lower[j] = upper[j] = value;
      else {
        lower[j] = atLower ? value : kind === 'free' || kind === 'upper' ? -Inf : below;
        upper[j] = atUpper ? value : kind === 'free' || kind === 'lower' ? Inf : above;
      }
      if (atLower) active.lower.push(j);
      if (atUpper) active.upper.push(j);
      reduced[j] = atLower ? this.size() : atUpper ? -this.size() : kind === 'fixed' ? this.draw.normal() : 0;
    });
    const fixed = range(this.n).filter((j) => lower[j] === upper[j]);
    return { lower, upper, reduced, active, fixed };
  }
}

/** Longer than most: one kind of constraint after the other. */
function known(seed: number): Known {
  const maker = new Maker(seed);
  const { model, draw, n, x } = maker;
  const { lower, upper, reduced, active, fixed } = maker.bounds();
  const asParameters = maker.below(2) === 0;
  const finite = (value: number, j: number, all: number[]) =>
    Math.abs(all[j] as number) === Inf ? Math.sign(value) * 1e20 : value;
  const v = asParameters
    ? model.variable(n, {
        lower: model.parameter(n, { value: lower.map(finite) }),
        upper: model.parameter(n, { value: upper.map(finite) }),
        start: draw.normals(n, 5),
      })
    : model.variable(n, { lower, upper, start: draw.normals(n, 5) });
  const multipliers: number[] = [];
  const activeConstraints: number[] = [];
  let equations = 0;
  const gradient = reduced.slice();
  for (const i of range(maker.below(7))) {
    const a = Array.from(draw.normals(n));
    const kind = maker.kind(['most', 'least', 'range'], ['atMost', 'atLeast', 'atHigh', 'atLow', 'equal']);
    // Convex below an upper side, concave above a lower one.
    const bend =
      maker.below(2) * draw.uniform() * (kind === 'most' || kind === 'atMost' ? 1 : /least/i.test(kind) ? -1 : 0);
    const center = Array.from(draw.normals(n));
    const expression = bend === 0 ? dot(a, v) : add(dot(a, v), mul(bend, sumSquares(sub(v, center))));
    const value = x.reduce(
      (total, xj, j) => total + (a[j] as number) * xj + bend * (xj - (center[j] as number)) ** 2,
      0,
    );
    const [below, above] = [value - maker.size(), value + maker.size()];
    const data = (side: number) => (maker.below(2) === 0 ? side : model.parameter({ value: side }));
    const state = {
      most: () => model.atMost(expression, maker.side(above)),
      atMost: () => model.atMost(expression, maker.side(value)),
      least: () => model.atLeast(expression, maker.side(below)),
      atLeast: () => model.atLeast(expression, maker.side(value)),
      range: () => model.between(expression, data(below), data(above)),
      atHigh: () => model.between(expression, data(below), data(value)),
      atLow: () => model.between(expression, data(value), data(above)),
      equal: () =>
        maker.below(2) ? model.equal(expression, value) : model.between(expression, data(value), data(value)),
    };
    state[kind]();
    const y = { most: 0, least: 0, range: 0, atMost: 1, atHigh: 1, atLeast: -1, atLow: -1, equal: draw.normal() }[kind];
    multipliers[i] = kind === 'equal' ? y : y * maker.size();
    if (kind === 'equal') ++equations;
    else if (y !== 0) activeConstraints.push(i);
    x.forEach((xj, j) => {
      const slope = (a[j] as number) + 2 * bend * (xj - (center[j] as number));
      gradient[j] = (gradient[j] as number) - (multipliers[i] as number) * slope;
    });
  }
  const root = range(n).map(() => Array.from(draw.normals(n)));
  const move = sub(v, x);
  const objective = add(sumSquares(matvec(root, move)), mul(0.5, sumSquares(move)), dot(gradient, v));
  const sign = maker.below(2) ? 1 : -1;
  if (sign > 0) model.minimize(objective);
  else model.maximize(neg(objective));
  const free = n - active.lower.length - active.upper.length - fixed.length - activeConstraints.length - equations;
  return {
    model,
    sign,
    x,
    multipliers,
    reduced,
    activeLower: active.lower,
    activeUpper: active.upper,
    activeConstraints,
    free,
  };
}

function expectKnown(seed: number, result: NlpResult, expected: Known): void {
  const near = (values: readonly number[], digits: number) => values.map((value) => expect.closeTo(value, digits));
  const reduced = result.lowerMultipliers.map((value, j) => value - (result.upperMultipliers[j] as number));
  const { model, sign, free } = expected;
  expect({ seed, status: result.status, x: [...result.x] }).toEqual({ seed, status: 'solved', x: near(expected.x, 6) });
  expect({ seed, y: [...result.multipliers], z: [...reduced] }).toEqual({
    seed,
    y: near(
      expected.multipliers.map((value) => sign * value),
      5,
    ),
    z: near(
      expected.reduced.map((value) => sign * value),
      5,
    ),
  });
  expect({ seed, message: checkOptimality(model, result.x, result).wrong }).toEqual({ seed, message: [] });
  const { lower, upper } = model.compile().bounds;
  result.x.forEach((value, j) => {
    const room = result.polished ? 0 : 1e-8 * Math.max(1, Math.abs(value));
    expect(value).toBeGreaterThanOrEqual((lower?.[j] ?? -Inf) - room);
    expect(value).toBeLessThanOrEqual((upper?.[j] ?? Inf) + room);
  });
  const { lower: low, upper: high } = { lower: lower ?? [], upper: upper ?? [] };
  const unlessFixed = (indices: ArrayLike<number>) => Array.from(indices).filter((j) => low[j] !== high[j]);
  expect({
    seed,
    lower: unlessFixed(result.activeLower),
    upper: unlessFixed(result.activeUpper),
    constraints: [...result.activeConstraints],
  }).toEqual({
    seed,
    lower: expected.activeLower,
    upper: expected.activeUpper,
    constraints: expected.activeConstraints,
  });
  expect({ seed, inertia: result.inertia }).toEqual({ seed, inertia: { positive: free, negative: 0, zero: 0 } });
}

describe('problems that are made from their solution', () => {
  const count = all ? 10_000 : long ? 2_500 : 150;
  const block = 50;
  it.each(range(count / block))('seeds from %i times 50 on', async (k) => {
    const cases = range(block).map((i) => 1 + block * k + i);
    const solved = await Promise.all(
      cases.map(async (seed) => {
        const expected = known(seed * 7919);
        return { seed, expected, result: await minimize(expected.model) };
      }),
    );
    for (const { seed, expected, result } of solved) expectKnown(seed, result, expected);
  });
});
