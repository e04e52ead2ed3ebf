// Functions that are not defined everywhere: where they are not is near the way from the start.
import {
  add,
  column,
  concat,
  div,
  dot,
  log,
  matmul,
  matvec,
  mul,
  pow,
  row,
  slice,
  sqrt,
  square,
  sub,
  sum,
  sumSquares,
} from '../../../src/expressions/index.js';
import { Model } from '../../../src/index.js';
import { cute, hs, type Problem, range, small } from './define.js';

/** Least sum x log x, x a distribution on [-1, 1] with two moments given: the negative of the largest entropy. */
function entropy(n: number, minima: readonly number[]): Problem {
  const v = range(n, (i) => -1 + (2 * i) / (n - 1));
  const build = () => {
    const model = new Model();
    const x = model.variable(n, { start: range(n, () => 1 / n) });
    model.equal(matvec([range(n, () => 1), v, v.map((t) => t * t)], x), [1, 0.2, 0.06]);
    model.minimize(sum(mul(x, log(x))));
    return model;
  };
  return { name: `entropy(${n})`, source: 'E. T. Jaynes, Phys. Rev. 106, 1957', minima, build };
}

/**
 * Levels and flows of five lakes in six months, as close as possible to what was wanted. Powers of differences of
 * levels, from a start that is far away.
 */
const lakes: Problem = {
  name: 'lakes',
  source: `${cute}, without the bounds`,
  minima: [350524.7937],
  build: () => {
    const months = 6;
    const level = [
      [202761.072, 277791.816, 2636.996, 59987.0235, 19490.4],
      [202703.646, 277849.512, 2638.1, 59998.59, 19555.2],
      [202720.536, 277955.288, 2639.894, 60046.959, 19597.6],
      [202808.364, 278104.336, 2640.906, 60074.298, 19652.8],
      [202916.46, 278224.536, 2641.458, 60091.122, 19708.8],
      [202953.618, 278277.424, 2641.458, 60082.71, 19706.4],
    ];
    const flow = [
      [232.252, 174.665, 180.539, 211.558, 232.252],
      [83.789, 173.255, 179.917, 210.585, 215.254],
      [82.916, 173.721, 182.676, 207.838, 203.855],
      [80.134, 178.654, 185.917, 206.416, 186.308],
      [65.345, 188.01, 192.568, 204.3, 201.1],
      [72.005, 193.833, 196.651, 204.25, 241.079],
    ];
    const supply = [
      [-22, -1, 3, -27.2, 51.5],
      [44, 162, 8, 12.5, 53.5],
      [-11, 60, 10, 18, 39],
      [124, 246, 6, 9.7, 17.2],
      [127, 175, 3, 10, 30.2],
      [78, 156, 3, 14, 23.2],
    ];
    const model = new Model();
    const [s, o] = [model.variable([months, 5], { start: 1 }), model.variable([months, 5], { start: 1 })];
    const monthly = () => model.variable(months, { start: 1 });
    const [v2, w2, v3, w3, v4] = [monthly(), monthly(), monthly(), monthly(), monthly()];
    const next = concat([slice(s, 1), slice(s, 0, 1)]);
    const inflow = matmul(
      o,
      range(5, (i) => range(5, (j) => (j === i + 1 ? 1 : 0))),
    );
    model.equal(sub(add(sub(next, s), o), inflow), supply);
    model.equal(mul(0.0841168, mul(square(v2), sqrt(w2))), column(o, 1));
    model.equal(mul(0.1280849, mul(square(v3), sqrt(w3))), column(o, 2));
    model.equal(mul(0.2605, pow(v4, 2.2)), column(o, 3));
    const [s1, s2, s3] = [column(s, 1), column(s, 2), column(s, 3)];
    model.equal(add(div(s1, 961.6), sub(div(s2, 9.2), v2)), 543.4);
    model.equal(sub(div(s1, 480.8), div(s2, 4.6)), w2);
    model.equal(sub(div(s2, 4.6), v3), 543.4);
    model.equal(sub(div(s2, 4.6), div(s3, 105.15)), w3);
    model.equal(sub(div(s3, 105.15), v4), 550.11);
    model.minimize(add(sumSquares(sub(s, level)), sumSquares(sub(o, flow))));
    return model;
  },
};

/** Amounts of ten compounds of three elements in equilibrium: least free energy. */
const gibbs: Problem = {
  name: 'gibbs',
  source: `${hs}, problem 112 without its bounds`,
  minima: [-47.76109086],
  build: () => {
    const energy = [-6.089, -17.164, -34.054, -5.914, -24.721, -14.986, -24.1, -10.708, -26.662, -22.179];
    const atoms = [
      [1, 2, 2, 0, 0, 1, 0, 0, 0, 1],
      [0, 0, 0, 1, 2, 1, 1, 0, 0, 0],
      [0, 0, 1, 0, 0, 0, 1, 1, 2, 1],
    ];
    const model = new Model();
    const x = model.variable(10, { start: 0.1 });
    model.equal(matvec(atoms, x), [2, 1, 1]);
    model.minimize(dot(x, add(energy, log(div(x, sum(x))))));
    return model;
  },
};

/** The cheapest plan from 6 sources to 8 sinks, with a share of its entropy. */
const transport: Problem = {
  name: 'transport',
  source: 'M. Cuturi, Sinkhorn distances, NIPS 2013',
  minima: [0.3016141765],
  build: () => {
    const [sources, sinks] = [6, 8];
    const cost = range(sources, (i) => range(sinks, (j) => (0.3 * i - 0.2 * j) ** 2 + 0.5 * Math.sin(3 * i + j) ** 2));
    const model = new Model();
    const x = model.variable([sources, sinks], { start: 1 / (sources * sinks) });
    for (let i = 0; i < sources; ++i) model.equal(sum(row(x, i)), (i + 1) / 21);
    for (let j = 1; j < sinks; ++j) model.equal(sum(column(x, j)), 1 / sinks);
    model.minimize(add(sum(mul(cost, x)), mul(0.01, sum(mul(x, log(x))))));
    return model;
  },
};

/** Almost on the border: what is left of x >= 0, y >= 0 where a barrier is weak. */
const barrier = small('barrier', 'logarithmic barrier', [0.200017524], [0.5, 0.5], ([x, y]) => ({
  f: sub(add(x, y), mul(1e-6, add(log(x), log(y)))),
  c: [[sub(x, mul(2, y)), 0.2]],
}));

export const problems: readonly Problem[] = [
  entropy(20, [-1.714218829]),
  entropy(300, [-4.470223417]),
  lakes,
  gibbs,
  transport,
  barrier,
];
