// Curves and shapes fitted under constraints, some of them with large residuals or from far starts.
import {
  add,
  at,
  div,
  exp,
  matvec,
  mul,
  neg,
  type Operand,
  sin,
  sqrt,
  square,
  sub,
  sumSquares,
} from '../../src/expressions/index.js';
import { Model, matrix } from '../../src/index.js';
import { normals } from './draws.js';

type Entries = readonly [Operand, Operand, Operand, Operand, Operand, Operand, Operand];

/** A fit: residuals of numbers b, with constraints of them, at x and y. */
export interface ConstrainedFit {
  x: number[];
  y: number[];
  start: number[];
  lower?: number[];
  upper?: number[];
  residuals: (b: Entries, x: Float64Array, y: Float64Array, all: Operand) => Operand;
  constrain: (model: Model, b: Entries, all: Operand) => void;
}

const range = (count: number, from: number, to: number) =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** Values of a curve with noise. */
const measured = (x: readonly number[], curve: (t: number) => number, noise: number, seed: number) => {
  const drawn = normals(x.length, seed);
  return x.map((t, i) => curve(t) + noise * (drawn[i] as number));
};

const decay = (a: Operand, k: Operand, x: Float64Array) => mul(a, exp(neg(mul(k, x))));
const peak = (height: Operand, center: Operand, width: Operand, x: Float64Array) =>
  mul(height, exp(neg(square(div(sub(x, center), width)))));

const times = range(30, 0, 6);
const places = range(40, -4, 4);
const angles = range(20, 0.3, 4);

/** Two coordinates of points of a curve, one after the other. */
const points = (x: (t: number) => number, y: (t: number) => number, noise: number, seed: number) => {
  const [dx, dy] = [normals(angles.length, seed), normals(angles.length, seed + 1)];
  return {
    x: angles.map((t, i) => x(t) + noise * (dx[i] as number)),
    y: angles.map((t, i) => y(t) + noise * (dy[i] as number)),
  };
};

const circle = points(
  (t) => 3 + 2 * Math.cos(t),
  (t) => 1.5 + 2 * Math.sin(t),
  0.15,
  31,
);
const ellipse = points(
  (t) => 1 + 3 * Math.cos(t),
  (t) => 2 + Math.sin(t),
  0.08,
  33,
);
const turn = points(
  (t) => Math.cos(t + 2),
  (t) => Math.sin(t + 2),
  0.1,
  35,
);

const rise = (t: number) => t ** 3 / 10 - t ** 2 / 4 + t / 5;
const degree = [0, 1, 2, 3, 4, 5];

export const constrainedFits: Record<string, ConstrainedFit> = {
  'two decays that share one': {
    x: times,
    y: measured(times, (t) => 0.7 * Math.exp(-0.4 * t) + 0.3 * Math.exp(-2.5 * t), 0.02, 1),
    start: [0.5, 1, 0.5, 1.5],
    lower: [0, 0, 0, 0],
    residuals: ([a, k, c, l], x, y) => sub(add(decay(a, k, x), decay(c, l, x)), y),
    constrain: (model, [a, k, c, l]) => {
      model.equal(add(a, c), 1);
      model.atMost(k, l);
    },
  },
  'growth through a point': {
    x: times,
    y: measured(times, (t) => 9 / (1 + Math.exp(-1.5 * (t - 3))), 0.4, 2),
    start: [5, 0.5, 1],
    residuals: ([a, k, c], x, y) => sub(div(a, add(1, exp(neg(mul(k, sub(x, c)))))), y),
    constrain: (model, [a, k, c]) => {
      model.equal(div(a, add(1, exp(mul(k, c)))), 0.2);
      model.atMost(a, 8.8);
    },
  },
  'two peaks of one area': {
    x: places,
    y: measured(places, (t) => 3 * Math.exp(-((t + 1) ** 2)) + 2 * Math.exp(-(((t - 1.5) / 0.7) ** 2)), 0.1, 3),
    start: [1, -2, 1, 1, 2, 1],
    residuals: ([a, c, w, b, d, v], x, y) => sub(add(peak(a, c, w, x), peak(b, d, v, x)), y),
    constrain: (model, [a, , w, b, , v]) => {
      model.equal(mul(Math.sqrt(Math.PI), add(mul(a, w), mul(b, v))), 8);
      model.atLeast(w, 0.2);
      model.atLeast(v, 0.2);
    },
  },
  'saturation of a known slope': {
    x: times,
    y: measured(times, (t) => (10 * t) / (2 + t), 0.5, 4),
    start: [1, 1],
    lower: [0, 0.01],
    residuals: ([v, h], x, y) => sub(div(mul(v, x), add(h, x)), y),
    constrain: (model, [v, h]) => model.atMost(div(v, h), 4),
  },
  'rational with an asymptote': {
    x: times,
    y: measured(times, (t) => (1 + 4 * t) / (1 + 2 * t), 0.05, 5),
    start: [1, 1, 1],
    residuals: ([a, b, c], x, y) => sub(div(add(a, mul(b, x)), add(1, mul(c, x))), y),
    constrain: (model, [, b, c]) => {
      model.equal(b, mul(2, c));
      model.atLeast(c, 0);
    },
  },
  'wave below a height': {
    x: times,
    y: measured(times, (t) => 2 * Math.sin(1.9 * t + 0.5) + 1, 0.3, 6),
    start: [1, 1.7, 0, 0],
    residuals: ([a, w, p, c], x, y) => sub(add(mul(a, sin(add(mul(w, x), p))), c), y),
    constrain: (model, [a, , , c]) => {
      model.atMost(add(a, c), 2.5);
      model.atLeast(a, 0);
    },
  },
  'circle that touches a line': {
    ...circle,
    start: [0, 1, 1],
    residuals: ([p, q, r], x, y) => sub(sqrt(add(square(sub(x, p)), square(sub(y, q)))), r),
    constrain: (model, [p, q, r]) => {
      model.equal(mul(Math.SQRT1_2, sub(p, q)), r);
      model.atLeast(r, 0.1);
    },
  },
  'ellipse by its equation': {
    ...ellipse,
    start: [1, 0, 1, 0, 0, -1],
    residuals: ([a, b, c, d, e, f], x, y) => {
      const of = (entry: Operand, power: (x: number, y: number) => number) =>
        mul(
          entry,
          x.map((value, i) => power(value, y[i] as number)),
        );
      const quadratic = add(
        add(
          of(a, (x) => x * x),
          of(b, (x, y) => x * y),
        ),
        of(c, (_, y) => y * y),
      );
      return add(
        add(
          quadratic,
          add(
            of(d, (x) => x),
            of(e, (_, y) => y),
          ),
        ),
        f,
      );
    },
    constrain: (model, [a, b, c]) => model.equal(sub(mul(4, mul(a, c)), square(b)), 1),
  },
  'polynomial that rises': {
    x: times,
    y: measured(times, rise, 0.5, 7),
    start: [0, 0, 0, 0, 0, 0],
    residuals: (_, x, y, all) =>
      sub(
        matvec(
          matrix(
            x.length,
            6,
            Array.from(x).flatMap((t) => degree.map((k) => (t / 6) ** k)),
          ),
          all,
        ),
        y,
      ),
    constrain: (model, _, all) => {
      const slopes = range(20, 0, 1).flatMap((t) => degree.map((k) => (k === 0 ? 0 : k * t ** (k - 1))));
      model.atLeast(matvec(matrix(20, 6, slopes), all), 0);
    },
  },
  'reaction in two steps': {
    x: times,
    y: measured(times, (t) => (1.2 / (0.9 - 1.2)) * (Math.exp(-1.2 * t) - Math.exp(-0.9 * t)) * 2, 0.05, 8),
    start: [1, 0.5, 2],
    lower: [0.01, 0.01, 0.01],
    residuals: ([s, k, l], x, y) =>
      sub(mul(s, mul(div(k, sub(l, k)), sub(exp(neg(mul(k, x))), exp(neg(mul(l, x)))))), y),
    constrain: (model, [, k, l]) => {
      model.equal(mul(k, l), 1);
      model.atLeast(l, add(k, 0.05));
    },
  },
  'resistance at a known place': {
    x: range(16, 50, 125),
    y: [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872],
    start: [0.02, 4000, 250],
    lower: [1e-6, 100, 50],
    residuals: ([a, b, c], x, y) =>
      sub(
        mul(1e-3, mul(a, exp(div(b, add(x, c))))),
        y.map((value) => value / 1000),
      ),
    constrain: (model, [a, b, c]) => model.equal(mul(1e-4, mul(a, exp(div(b, add(50, c))))), 3.4),
  },
  'large residuals in a ball': {
    x: range(20, 0.2, 4),
    y: range(20, 0.2, 4),
    start: [5, 5, -5, 1],
    residuals: ([a, b, c, d], x) =>
      add(
        square(sub(add(a, mul(x, b)), x.map(Math.exp))),
        square(sub(add(c, mul(d, x.map(Math.sin))), x.map(Math.cos))),
      ),
    constrain: (model, _, all) => model.atMost(sumSquares(all), 120),
  },
  'turned points': {
    ...turn,
    start: [1, 0.2],
    residuals: ([c, s], x, y) => {
      const [p, q] = [angles.map(Math.cos), angles.map(Math.sin)];
      const along = sub(sub(mul(c, p), mul(s, q)), x);
      const across = sub(add(mul(s, p), mul(c, q)), y);
      return add(along, mul(0.5, across));
    },
    constrain: (model, _, all) => model.equal(sumSquares(all), 1),
  },
  'wrong model of large residuals': {
    x: times,
    y: measured(times, (t) => 5 * Math.cos(2 * t), 0.5, 9),
    start: [1, 0.1, 0],
    residuals: ([a, k, c], x, y) => sub(add(decay(a, k, x), c), y),
    constrain: (model, [a, k, c]) => {
      model.equal(add(square(a), square(c)), 9);
      model.between(k, 0.05, 5);
    },
  },
};

/** The fit as a problem for minimizeSquares. */
export function constrainedProblem(name: string, constrained = true) {
  const fit = constrainedFits[name] as ConstrainedFit;
  const model = new Model();
  const n = fit.start.length;
  const b = model.variable(n, {
    start: fit.start,
    ...(fit.lower && { lower: fit.lower }),
    ...(fit.upper && { upper: fit.upper }),
  });
  const entries = Array.from({ length: n }, (_, j) => at(b, j)) as unknown as Entries;
  const residuals = fit.residuals(entries, Float64Array.from(fit.x), Float64Array.from(fit.y), b);
  if (constrained) fit.constrain(model, entries, b);
  return { model, residuals };
}
