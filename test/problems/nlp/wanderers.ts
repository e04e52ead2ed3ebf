// Programs on which methods of Newton's kind wander, or end slowly: functions with ripples, control under bounds, degenerate least squares.
// The optima are those of Ipopt 3.14 with its default settings.
import {
  add,
  at,
  concat,
  cos,
  div,
  type Expression,
  exp,
  log,
  mul,
  neg,
  pow,
  sin,
  slice,
  sqrt,
  square,
  sub,
  sum,
  sumSquares,
} from '../../../src/expressions/index.js';
import { Model } from '../../../src/index.js';
import { range, type Scalar, type Vector } from './define.js';

export interface Wanderer {
  readonly name: string;
  readonly source: string;
  readonly optimum: number;
  readonly build: () => Model;
}

const cutest = 'N. Gould, D. Orban, P. Toint, CUTEst, Comput. Optim. Appl. 60, 2015';
const cops = 'E. Dolan, J. More, T. Munson, Benchmarking optimization software with COPS 3.0, ANL/MCS-TM-273, 2004';

function made(name: string, source: string, optimum: number, fill: (model: Model) => void): Wanderer {
  const build = () => {
    const model = new Model();
    fill(model);
    return model;
  };
  return { name, source, optimum, build };
}

/** 30 sin(7 x)^2 cos(7 y)^2 + 100 sqrt(0.01 + (x - y)^2) + 100 sqrt(0.01 + x^2). */
function hairy(x: Scalar, y: Scalar): Scalar {
  const ripples = mul(30, mul(square(sin(mul(7, x))), square(cos(mul(7, y)))));
  const valley = (z: Scalar) => mul(100, sqrt(add(0.01, square(z))));
  return add(ripples, add(valley(sub(x, y)), valley(x)));
}

const loghairy = (far: number) =>
  made(`loghairy from ${-5 * far}`, cutest, Math.log(1.2), (model) => {
    const x = model.variable(2, { start: [-5 * far, -7 * far] });
    model.minimize(log(div(add(100, hairy(at(x, 0), at(x, 1))), 100)));
  });

const [before, after] = [(x: Vector) => slice(x, 0, x.size - 1), (x: Vector) => slice(x, 1)];

/** Control of a discrete system with a quadratic term, CUTEst's OPTCNTRL with T steps. */
const optcntrl = (T: number, optimum: number) =>
  made(`optcntrl(${T})`, cutest, optimum, (model) => {
    const y = model.variable(T + 1, { lower: -1, start: range(T + 1, (i) => (i === T ? 0 : -1)) });
    const x = model.variable(T + 1, { start: range(T + 1, (i) => (i === 0 ? 10 : 0)) });
    const u = model.variable(T, { lower: -0.2, upper: 0.2 });
    model.equal(after(x), add(before(x), mul(0.2, before(y))));
    const forces = sub(sub(before(y), mul(0.01, square(before(y)))), sub(mul(0.004, before(x)), mul(0.2, u)));
    model.equal(after(y), forces);
    model.equal(at(x, 0), 10);
    for (const end of [0, T]) model.equal(at(y, end), 0);
    model.minimize(mul(0.5, sumSquares(x)));
  });

/** The shape of a cam of the largest area with n radii. */
const camshape = (n: number, optimum: number) =>
  made(`camshape(${n})`, cops, optimum, (model) => {
    const angle = (2 * Math.PI) / (5 * (n + 1));
    const r = model.variable(n, { lower: 1, upper: 2, start: 1.5 });
    const all = concat([1, 1, r, 2, 2]) as Vector;
    const part = (k: number) => slice(all, k, k + n + 2) as Vector;
    const [a, b, c] = [part(0), part(1), part(2)];
    model.atMost(sub(mul(2 * Math.cos(angle), mul(a, c)), add(mul(a, b), mul(b, c))), 0);
    const steps = sub(slice(all, 2, n + 3), slice(all, 1, n + 2));
    model.between(steps, -1.5 * angle, 1.5 * angle);
    model.minimize(mul(-Math.PI / n, sum(r)));
  });

/** Changes of states by the trapezoidal rule with steps of length h. */
const trapezoids = (model: Model, h: Scalar) => (x: Vector, f: Vector) =>
  model.equal(sub(after(x), before(x)), mul(div(h, 2), add(after(f), before(f))));

/** The fastest way of a robot's arm, n steps. */
const robotarm = (n: number, optimum: number) =>
  made(`robotarm(${n})`, cops, optimum, (model) => {
    const time = model.variable({ lower: 0, start: 1 });
    const state = (lower: number, upper: number, start: number | number[]) =>
      model.variable(n + 1, { lower, upper, start });
    const free = (start: number | number[]) => state(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, start);
    const turn = (2 * Math.PI) / 3;
    const rho = state(0, 5, 4.5);
    const theta = state(
      -Math.PI,
      Math.PI,
      range(n + 1, (i) => turn * (i / n) ** 2),
    );
    const phi = state(0, Math.PI, Math.PI / 4);
    const [rhoRate, thetaRate, phiRate] = [free(0), free(range(n + 1, (i) => 2 * turn * (i / n))), free(0)];
    const [u, v, w] = [state(-1, 1, 0), state(-1, 1, 0), state(-1, 1, 0)];
    const cubes = div(add(pow(sub(5, rho), 3), pow(rho, 3)), 3);
    const rule = trapezoids(model, div(time, n));
    rule(rho, rhoRate);
    rule(theta, thetaRate);
    rule(phi, phiRate);
    rule(rhoRate, div(u, 5));
    rule(thetaRate, div(v, mul(cubes, square(sin(phi)))) as Vector);
    rule(phiRate, div(w, cubes) as Vector);
    for (const [x, first, last] of [
      [rho, 4.5, 4.5],
      [theta, 0, turn],
      [phi, Math.PI / 4, Math.PI / 4],
      [rhoRate, 0, 0],
      [thetaRate, 0, 0],
      [phiRate, 0, 0],
    ] as const) {
      model.equal(at(x, 0), first);
      model.equal(at(x, n), last);
    }
    model.minimize(time);
  });

/** A particle that is steered in the least time, n steps. */
const steering = (n: number, optimum: number) =>
  made(`steering(${n})`, cops, optimum, (model) => {
    const time = model.variable({ lower: 0, start: 1 });
    const u = model.variable(n + 1, { lower: -Math.PI / 2, upper: Math.PI / 2 });
    const line = (end: number) => model.variable(n + 1, { start: range(n + 1, (i) => (end * i) / n) });
    const [x, y, vx, vy] = [line(0), line(5), line(45), line(0)];
    const rule = trapezoids(model, div(time, n));
    rule(x, vx);
    rule(y, vy);
    rule(vx, mul(100, cos(u)));
    rule(vy, mul(100, sin(u)));
    for (const v of [x, y, vx, vy]) model.equal(at(v, 0), 0);
    model.equal(at(y, n), 5);
    model.equal(at(vx, n), 45);
    model.equal(at(vy, n), 0);
    model.minimize(time);
  });

const meyer = made('meyer', cutest, 87.94585517, (model) => {
  const y = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872];
  const x = model.variable(3, { start: [0.02, 4000, 250] });
  const t = y.map((_, i) => 50 + 5 * i);
  model.minimize(sumSquares(sub(mul(at(x, 0), exp(div(at(x, 1), add(t, at(x, 2))))), y)));
});

/** Powell's singular function: the Hessian has rank 2 of 4 at the minimum. */
const powell = made('powellsg(1000)', cutest, 0, (model) => {
  const n = 1000;
  const x = model.variable(n, { start: range(n, (i) => [3, -1, 0, 1][i % 4] as number) });
  const [a, b, c, d] = [0, 1, 2, 3].map((k) => slice(x, k, n, 4)) as [Vector, Vector, Vector, Vector];
  const squares = add(sumSquares(add(a, mul(10, b))), mul(5, sumSquares(sub(c, d))));
  model.minimize(add(squares, add(sum(pow(sub(b, mul(2, c)), 4)), mul(10, sum(pow(sub(a, d), 4))))));
});

const biggs = made('biggs6', cutest, 0, (model) => {
  const t = range(13, (i) => 0.1 * (i + 1));
  const y = t.map((s) => Math.exp(-s) - 5 * Math.exp(-10 * s) + 3 * Math.exp(-4 * s));
  const x = model.variable(6, { start: [1, 2, 1, 1, 1, 1] });
  const decay = (scale: number, rate: number): Expression<readonly [number]> =>
    mul(at(x, scale), exp(neg(mul(t, at(x, rate)))));
  model.minimize(sumSquares(sub(add(sub(decay(2, 0), decay(3, 1)), decay(5, 4)), y)));
});

const brown = made('brownbs', cutest, 0, (model) => {
  const x = model.variable(2, { start: [1, 1] });
  const [a, b] = [at(x, 0), at(x, 1)];
  model.minimize(add(square(sub(a, 1e6)), add(square(sub(b, 2e-6)), square(sub(mul(a, b), 2)))));
});

export const wanderers: readonly Wanderer[] = [
  made('hairy', cutest, 20, (model) => {
    const x = model.variable(2, { start: [-5, -7] });
    model.minimize(hairy(at(x, 0), at(x, 1)));
  }),
  loghairy(1),
  loghairy(10),
  loghairy(100),
  optcntrl(10, 550),
  optcntrl(500, 1186.38203),
  camshape(400, -4.2765034),
  camshape(1600, -4.2864501),
  robotarm(500, 9.1409941),
  steering(800, 0.55457126),
  meyer,
  powell,
  biggs,
  brown,
];
