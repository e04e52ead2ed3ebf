// Systems of equations: as many as variables, mostly without an objective.
import {
  add,
  at,
  atan2,
  concat,
  constant,
  cos,
  div,
  exp,
  gather,
  log,
  matvec,
  mul,
  neg,
  pow,
  reshape,
  sin,
  slice,
  sqrt,
  square,
  sub,
  sum,
} from '../../../src/expressions/index.js';
import { Model } from '../../../src/index.js';
import { cute, type Problem, product, range, small, total } from './define.js';

const buckley = 'A. R. Buckley, Test functions for unconstrained minimization, Dalhousie University 1989';
const more =
  'J. J. More, B. S. Garbow, K. E. Hillstrom, Testing unconstrained optimization software, ACM TOMS 7(1), 1981';
const himmelblau = 'D. M. Himmelblau, Applied nonlinear programming, McGraw-Hill 1972';

export const problems: readonly Problem[] = [
  small(
    'aircrfta',
    cute,
    [0],
    range(5, () => 0),
    ([p, q, r, alpha, beta]) => ({
      c: [
        [
          total(
            mul(-3.933, p),
            mul(0.107, q),
            mul(0.126, r),
            mul(-9.99, beta),
            product(-0.727, q, r),
            product(8.39, r, alpha),
            product(-684.4, alpha, beta),
            product(63.5, q, alpha),
          ),
          0,
        ],
        [total(mul(-0.987, q), mul(-22.95, alpha), product(0.949, p, r), product(0.173, p, beta)), 2.837],
        [
          total(
            mul(0.002, p),
            mul(-0.235, r),
            mul(5.67, beta),
            product(-0.716, p, q),
            product(-1.578, p, alpha),
            product(1.132, q, alpha),
          ),
          0,
        ],
        [total(q, neg(alpha), neg(mul(p, beta))), 0.1168],
        [total(neg(r), mul(-0.196, beta), mul(p, alpha)), 0],
      ],
    }),
    { nl: 'aircrfta' },
  ),
  small(
    'booth',
    buckley,
    [0],
    [0, 0],
    ([x1, x2]) => ({
      c: [
        [total(x1, mul(2, x2)), 7],
        [total(mul(2, x1), x2), 5],
      ],
    }),
    { nl: 'booth' },
  ),
  small(
    'cluster',
    buckley,
    [0],
    [0, 0],
    ([x1, x2]) => ({
      c: [
        [mul(sub(x1, square(x2)), sub(x1, sin(x2))), 0],
        [mul(sub(cos(x2), x1), sub(x2, cos(x1))), 0],
      ],
    }),
    { nl: 'cluster' },
  ),
  small('cubene', buckley, [0], [-1.2, 1], ([x1, x2]) => ({
    c: [
      [x1, 1],
      [mul(10, sub(x2, pow(x1, 3))), 0],
    ],
  })),
  small('denschncne', cute, [0], [2, 3], ([x1, x2]) => ({
    c: [
      [total(square(x1), square(x2)), 2],
      [total(exp(sub(x1, 1)), pow(x2, 3)), 2],
    ],
  })),
  small('denschnfne', cute, [0], [2, 0], ([x1, x2]) => ({
    c: [
      [total(mul(2, square(add(x1, x2))), square(sub(x1, x2))), 8],
      [total(mul(5, square(x1)), square(sub(x2, 3))), 9],
    ],
  })),
  small('gottfr', buckley, [0], [0.5, 0.5], ([x1, x2]) => ({
    c: [
      [total(x1, product(-0.1136, total(x1, mul(3, x2)), sub(1, x1))), 0],
      [total(x2, product(7.5, sub(mul(2, x1), x2), sub(1, x2))), 0],
    ],
  })),
  small(
    'hatfldf',
    cute,
    [0],
    [0.1, 0.1, 0.1],
    ([a, b, c]) => ({
      c: range(3, (k) => [total(c, mul(a, exp(mul(k + 1, b)))), [0.032, 0.056, 0.099][k] as number] as const),
    }),
    { nl: 'hatfldf' },
  ),
  {
    name: 'hatfldg',
    source: cute,
    minima: [0],
    nl: 'hatfldg',
    build: () => {
      const model = new Model();
      const x = model.variable(25, { start: 1 });
      const [left, middle, right] = [slice(x, 0, 23), slice(x, 1, 24), slice(x, 2)];
      model.equal(sub(add(mul(middle, sub(left, right)), middle), at(x, 12)), -1);
      model.equal(total(neg(mul(at(x, 0), at(x, 1))), at(x, 0), neg(at(x, 12))), -1);
      model.equal(total(mul(at(x, 23), at(x, 24)), at(x, 24), neg(at(x, 12))), -1);
      return model;
    },
  },
  small(
    'heart8',
    'L. W. Nelson, A. R. Hodgkin, as problem HEART8 of CUTE',
    [0],
    [0, 1, 0, 1, 1, 1, 1, 1],
    ([a, b, c, d, t, u, v, w]) => {
      // Re and Im of (t + i v)^k.
      const [t2, u2, v2, w2] = [square(t), square(u), square(v), square(w)];
      const cubic = (p: typeof t, p2: typeof t, q2: typeof t) => mul(p, total(p2, mul(-3, q2)));
      return {
        c: [
          [total(mul(t, a), mul(u, b), neg(mul(v, c)), neg(mul(w, d))), -1.57],
          [total(mul(v, a), mul(w, b), mul(t, c), mul(u, d)), -1.31],
          [total(mul(a, sub(t2, v2)), product(-2, c, t, v), mul(b, sub(u2, w2)), product(-2, d, u, w)), -2.65],
          [total(mul(c, sub(t2, v2)), product(2, a, t, v), mul(d, sub(u2, w2)), product(2, b, u, w)), 2],
          [
            total(
              mul(a, cubic(t, t2, v2)),
              mul(c, cubic(v, v2, t2)),
              mul(b, cubic(u, u2, w2)),
              mul(d, cubic(w, w2, u2)),
            ),
            -12.6,
          ],
          [
            total(
              mul(c, cubic(t, t2, v2)),
              neg(mul(a, cubic(v, v2, t2))),
              mul(d, cubic(u, u2, w2)),
              neg(mul(b, cubic(w, w2, u2))),
            ),
            9.48,
          ],
          [total(a, b), -0.69],
          [total(c, d), -0.044],
        ],
      };
    },
    { nl: 'heart8' },
  ),
  small('helixne', more, [0], [-1, 0, 0], ([x1, x2, x3]) => ({
    c: [
      [mul(10, sub(x3, mul(5 / Math.PI, atan2(x2, x1)))), 0],
      [mul(10, sub(sqrt(total(square(x1), square(x2))), 1)), 0],
      [x3, 0],
    ],
  })),
  small(
    'himmelba',
    himmelblau,
    [0],
    [8, 9],
    ([x1, x2]) => ({
      c: [
        [mul(4, x1), 20],
        [x2, 6],
      ],
    }),
    { nl: 'himmelba' },
  ),
  small('himmelbc', himmelblau, [0], [1, 1], ([x1, x2]) => ({
    c: [
      [total(square(x1), x2), 11],
      [total(x1, square(x2)), 7],
    ],
  })),
  small(
    'himmelbd',
    himmelblau,
    [0],
    [1, 1],
    ([x1, x2]) => ({
      c: [
        [total(square(x1), mul(12, x2)), 1],
        [total(mul(49, square(x1)), mul(49, square(x2)), mul(84, x1), mul(2324, x2)), 681],
      ],
    }),
    { nl: 'himmelbd' },
  ),
  small(
    'himmelbe',
    himmelblau,
    [0],
    [-1.2, 2, 2],
    ([x1, x2, x3]) => ({
      c: [
        [sub(mul(0.25, square(add(x1, x2))), x3), 0],
        [neg(x1), -1],
        [neg(x2), -1],
      ],
    }),
    { nl: 'himmelbe' },
  ),
  small(
    'hypcir',
    buckley,
    [0],
    [0, 1],
    ([x1, x2]) => ({
      c: [
        [mul(x1, x2), 1],
        [total(square(x1), square(x2)), 4],
      ],
    }),
    { nl: 'hypcir' },
  ),
  small(
    'powellbs',
    'M. J. D. Powell, A hybrid method for nonlinear equations, 1970',
    [0],
    [0, 1],
    ([x1, x2]) => ({
      c: [
        [product(10000, x1, x2), 1],
        [total(exp(neg(x1)), exp(neg(x2))), 1.0001],
      ],
    }),
    { nl: 'powellbs' },
  ),
  small('brownbs', 'J. J. More, B. S. Garbow, K. E. Hillstrom, ACM TOMS 7(1), 1981', [0], [1, 1], ([x1, x2]) => ({
    c: [
      [mul(1e-6, x1), 1],
      [mul(x1, x2), 2],
    ],
  })),
  small('price4ne', cute, [0], [1, 5], ([x1, x2]) => ({
    c: [
      [sub(product(2, pow(x1, 3), x2), pow(x2, 3)), 0],
      [total(mul(6, x1), neg(square(x2)), x2), 0],
    ],
  })),
  small(
    'recipe',
    cute,
    [0],
    [2, 5, 1],
    ([x1, x2, x3]) => ({
      c: [
        [div(x3, sub(x2, x1)), 0],
        [x1, 5],
        [x2, 0],
      ],
    }),
    { nl: 'recipe' },
  ),
  small('rsnbrne', more, [0], [-1.2, 1], ([x1, x2]) => ({
    c: [
      [mul(10, sub(x2, square(x1))), 0],
      [x1, 1],
    ],
  })),
  small(
    'wall',
    'M. Vanderbilt, as problem WALL of Hans Mittelmann and R. Vanderbei',
    [1.000004658],
    range(6, () => 1),
    ([a, b, c, d, e, g]) => ({
      f: a,
      c: [
        [mul(a, b), 1],
        [div(div(c, a), d), 4.8],
        [div(div(e, b), g), 0.98],
        [mul(g, d), 1],
        [total(a, neg(b), mul(1e-7, c), mul(-1e-5, e)), 0],
        [total(mul(2, a), mul(-2, b), mul(1e-7, c), mul(-0.01, d), mul(-1e-5, e), mul(0.01, g)), 0],
      ],
    }),
    { nl: 'wall' },
  ),
  small(
    'sinvalne',
    'Y. Xiao, F. Zhou, Non-monotone trust region methods with curvilinear path, Computing 48, 1992, problem 4.2',
    [0],
    [4.712389, -1],
    ([x1, x2]) => ({
      c: [
        [mul(10, sub(x2, sin(x1))), 0],
        [mul(0.5, x1), 0],
      ],
    }),
  ),
  small('waysea1ne', cute, [0], [1, 5], ([x1, x2]) => ({
    c: [
      [total(pow(x1, 6), pow(x2, 4)), 17],
      [total(mul(2, x1), x2), 4],
    ],
  })),
  small('waysea2ne', cute, [0], [1, 5], ([x1, x2]) => ({
    c: [
      [total(mul(-4, square(sub(x1, 0.3125))), mul(-4, square(sub(x2, 1.625)))), -1.613],
      [x2, 1],
    ],
  })),
  small(
    'zangwil3',
    buckley,
    [0],
    [100, -1, 2.5],
    ([x1, x2, x3]) => ({
      c: [
        [total(x1, neg(x2), x3), 0],
        [total(neg(x1), x2, x3), 0],
        [total(x1, x2, neg(x3)), 0],
      ],
    }),
    { nl: 'zangwil3' },
  ),
  argtrig('argtrig', 100),
  argtrig('trigon1ne', 10),
  integralEquation('integreq', 100),
  integralEquation('inteqne', 12),
  boundaryValue(10),
  mancino(100),
];

/** i (cos x_i + sin x_i) + sum_j cos x_j = n + i */
function argtrig(name: string, n: number): Problem {
  const i = range(n, (k) => k + 1);
  const build = () => {
    const model = new Model();
    const x = model.variable(n, { start: 1 / n });
    model.equal(
      add(mul(i, add(cos(x), sin(x))), sum(cos(x))),
      i.map((k) => n + k),
    );
    return model;
  };
  return { name, source: `${more}, problem 26`, minima: [0], nl: name === 'argtrig' ? name : undefined, build };
}

/** The discretised Hammerstein equation: x_i + h/2 [(1 - t_i) sum_(j <= i) t_j u_j + t_i sum_(j > i) (1 - t_j) u_j] = 0. */
function integralEquation(name: string, n: number): Problem {
  const h = 1 / (n + 1);
  const t = range(n, (i) => (i + 1) * h);
  const kernel = t.map((ti) => t.map((tj) => (h / 2) * (tj <= ti ? (1 - ti) * tj : ti * (1 - tj))));
  const build = () => {
    const model = new Model();
    const x = model.variable(n, { start: t.map((ti) => ti * (ti - 1)) });
    model.equal(
      add(
        x,
        matvec(
          constant(kernel),
          pow(
            add(
              x,
              t.map((ti) => ti + 1),
            ),
            3,
          ),
        ),
      ),
    );
    return model;
  };
  return { name, source: `${more}, problem 29`, minima: [0], nl: name === 'integreq' ? name : undefined, build };
}

/** 2 x_i - x_(i-1) - x_(i+1) + h^2 (x_i + t_i + 1)^3 / 2 = 0 */
function boundaryValue(n: number): Problem {
  const h = 1 / (n + 1);
  const t = range(n, (i) => (i + 1) * h);
  const build = () => {
    const model = new Model();
    const x = model.variable(n, { start: t.map((ti) => ti * (ti - 1)) });
    const [before, after] = [concat([0, slice(x, 0, n - 1)]), concat([slice(x, 1), 0])];
    const cubes = pow(
      add(
        x,
        t.map((ti) => ti + 1),
      ),
      3,
    );
    model.equal(add(sub(sub(mul(2, x), before), after), mul((h * h) / 2, cubes)));
    return model;
  };
  return { name: 'morebvne', source: `${more}, problem 28`, minima: [0], build };
}

/** 14 n x_i - (i - n/2)^3 + sum_(j != i) v (sin^5 log v + cos^5 log v) = 0, v = sqrt(x_j^2 + i / j) */
function mancino(n: number): Problem {
  const i = range(n, (k) => k + 1);
  const cubes = i.map((k) => (k - n / 2) ** 3);
  const others = i.map((k) => i.filter((j) => j !== k));
  // From an estimate of the size of the Jacobian.
  const scale = (14 * n) / (36 * (n - 1) ** 2 - (14 * n) ** 2);
  const waves = (v: number) => v * (Math.sin(Math.log(v)) ** 5 + Math.cos(Math.log(v)) ** 5);
  const start = i.map((k, row) => {
    const sums = (others[row] as number[]).reduce((all, j) => all + waves(Math.sqrt(k / j)), 0);
    return scale * (sums + (cubes[row] as number));
  });
  const build = () => {
    const model = new Model();
    const x = model.variable(n, { start });
    const at = others.flatMap((row) => row.map((j) => j - 1));
    const shares = others.flatMap((row, k) => row.map((j) => (k + 1) / j));
    const v = sqrt(add(square(gather(x, at)), shares));
    const logs = log(v);
    const terms = mul(v, add(pow(sin(logs), 5), pow(cos(logs), 5)));
    model.equal(add(mul(14 * n, x), sum(reshape(terms, [n, n - 1]), { per: 'row' })), cubes);
    return model;
  };
  return {
    name: 'mancinone',
    source: 'E. Spedicato, Computational experience with quasi-Newton algorithms, report N-175, CISE, Milano 1975',
    minima: [0],
    build,
  };
}
