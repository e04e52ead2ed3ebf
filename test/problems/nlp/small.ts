// Problems in a few variables.
import { cos, exp, log, mul, neg, pow, sin, square, sub } from '../../../src/expressions/index.js';
import { bt, cute, hs, type Problem, product, range, small, total } from './define.js';

const ten = [10, 10, 10];
const two = (n: number) => range(n, () => 2);
const r2 = Math.SQRT2;

/** Hock and Schittkowski's 39th problem, which is Boggs and Tolle's ninth. */
const hs39: Parameters<typeof small>[4] = ([x1, x2, x3, x4]) => ({
  f: neg(x1),
  c: [
    [total(x2, neg(pow(x1, 3)), neg(square(x3))), 0],
    [total(square(x1), neg(x2), neg(square(x4))), 0],
  ],
});

export const problems: readonly Problem[] = [
  small('hs6', hs, [0], [-1.2, 1], ([x1, x2]) => ({
    f: square(sub(1, x1)),
    c: [[mul(10, sub(x2, square(x1))), 0]],
  })),
  small(
    'hs7',
    hs,
    [-Math.sqrt(3)],
    two(2),
    ([x1, x2]) => ({
      f: sub(log(total(1, square(x1))), x2),
      c: [[total(square(total(1, square(x1))), square(x2)), 4]],
    }),
    { nl: 'hs007' },
  ),
  small(
    'hs8',
    hs,
    [-1],
    [2, 1],
    ([x1, x2]) => ({
      f: -1,
      c: [
        [total(square(x1), square(x2)), 25],
        [mul(x1, x2), 9],
      ],
    }),
    { nl: 'hs008' },
  ),
  small('hs9', hs, [-0.5], [0, 0], ([x1, x2]) => ({
    f: mul(sin(mul(Math.PI / 12, x1)), cos(mul(Math.PI / 16, x2))),
    c: [[sub(mul(4, x1), mul(3, x2)), 0]],
  })),
  small(
    'hs26',
    hs,
    [0],
    [-2.6, 2, 2],
    ([x1, x2, x3]) => ({
      f: total(square(sub(x1, x2)), pow(sub(x2, x3), 4)),
      c: [[total(mul(total(1, square(x2)), x1), pow(x3, 4)), 3]],
    }),
    { nl: 'hs026' },
  ),
  small(
    'hs27',
    hs,
    [0.04],
    two(3),
    ([x1, x2, x3]) => ({
      f: total(mul(0.01, square(sub(x1, 1))), square(sub(x2, square(x1)))),
      c: [[total(x1, square(x3)), -1]],
    }),
    { nl: 'hs027', order: [1, 2, 0] },
  ),
  small('hs28', hs, [0], [-4, 1, 1], ([x1, x2, x3]) => ({
    f: total(square(total(x1, x2)), square(total(x2, x3))),
    c: [[total(x1, mul(2, x2), mul(3, x3)), 1]],
  })),
  small('hs39', hs, [-1], two(4), hs39, { nl: 'hs039', order: [0, 3, 1, 2] }),
  small(
    'hs40',
    hs,
    [-0.25],
    range(4, () => 0.8),
    ([x1, x2, x3, x4]) => ({
      f: neg(product(x1, x2, x3, x4)),
      c: [
        [total(pow(x1, 3), square(x2)), 1],
        [sub(mul(square(x1), x4), x3), 0],
        [sub(square(x4), x2), 0],
      ],
    }),
    { nl: 'hs040', order: [0, 1, 3, 2] },
  ),
  small('hs42', hs, [28 - 10 * r2], [1, 1, 1, 1], ([x1, x2, x3, x4]) => ({
    f: total(square(sub(x1, 1)), square(sub(x2, 2)), square(sub(x3, 3)), square(sub(x4, 4))),
    c: [
      [x1, 2],
      [total(square(x3), square(x4)), 2],
    ],
  })),
  small('hs46', hs, [0], [r2 / 2, 1.75, 0.5, 2, 2], ([x1, x2, x3, x4, x5]) => ({
    f: total(square(sub(x1, x2)), square(sub(x3, 1)), pow(sub(x4, 1), 4), pow(sub(x5, 1), 6)),
    c: [
      [total(mul(square(x1), x4), sin(sub(x4, x5))), 1],
      [total(x2, mul(pow(x3, 4), square(x4))), 2],
    ],
  })),
  small(
    'hs47',
    hs,
    [0],
    [2, r2, -1, 2 - r2, 0.5],
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(sub(x1, x2)), pow(sub(x2, x3), 3), pow(sub(x3, x4), 4), pow(sub(x4, x5), 4)),
      c: [
        [total(x1, square(x2), pow(x3, 3)), 3],
        [total(x2, neg(square(x3)), x4), 1],
        [mul(x1, x5), 1],
      ],
    }),
    { nl: 'hs047', order: [0, 1, 2, 4, 3] },
  ),
  small(
    'hs48',
    hs,
    [0],
    [3, 5, -3, 2, -2],
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(sub(x1, 1)), square(sub(x2, x3)), square(sub(x4, x5))),
      c: [
        [total(x1, x2, x3, x4, x5), 5],
        [sub(x3, mul(2, total(x4, x5))), -3],
      ],
    }),
    { nl: 'hs048' },
  ),
  small('hs49', hs, [0], [10, 7, 2, -3, 0.8], ([x1, x2, x3, x4, x5]) => ({
    f: total(square(sub(x1, x2)), square(sub(x3, 1)), pow(sub(x4, 1), 4), pow(sub(x5, 1), 6)),
    c: [
      [total(x1, x2, x3, mul(4, x4)), 7],
      [total(x3, mul(5, x5)), 6],
    ],
  })),
  small(
    'hs50',
    hs,
    [0],
    [35, -31, 11, 5, -5],
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(sub(x1, x2)), square(sub(x2, x3)), pow(sub(x3, x4), 4), square(sub(x4, x5))),
      c: [
        [total(x1, mul(2, x2), mul(3, x3)), 6],
        [total(x2, mul(2, x3), mul(3, x4)), 6],
        [total(x3, mul(2, x4), mul(3, x5)), 6],
      ],
    }),
    { nl: 'hs050' },
  ),
  small(
    'hs51',
    hs,
    [0],
    [2.5, 0.5, 2, -1, 0.5],
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(sub(x1, x2)), square(total(x2, x3, -2)), square(sub(x4, 1)), square(sub(x5, 1))),
      c: [
        [total(x1, mul(3, x2)), 4],
        [total(x3, x4, mul(-2, x5)), 0],
        [sub(x2, x5), 0],
      ],
    }),
    { nl: 'hs051' },
  ),
  small('hs52', hs, [1859 / 349], two(5), ([x1, x2, x3, x4, x5]) => ({
    f: total(square(sub(mul(4, x1), x2)), square(total(x2, x3, -2)), square(sub(x4, 1)), square(sub(x5, 1))),
    c: [
      [total(x1, mul(3, x2)), 0],
      [total(x3, x4, mul(-2, x5)), 0],
      [sub(x2, x5), 0],
    ],
  })),
  small(
    'hs56',
    hs,
    [-3.456],
    [1, 1, 1, ...range(3, () => Math.asin(Math.sqrt(1 / 4.2))), Math.asin(Math.sqrt(5 / 7.2))],
    ([x1, x2, x3, x4, x5, x6, x7]) => ({
      f: neg(product(x1, x2, x3)),
      c: [
        [sub(x1, mul(4.2, square(sin(x4)))), 0],
        [sub(x2, mul(4.2, square(sin(x5)))), 0],
        [sub(x3, mul(4.2, square(sin(x6)))), 0],
        [total(x1, mul(2, x2), mul(2, x3), mul(-7.2, square(sin(x7)))), 0],
      ],
    }),
  ),
  small(
    'hs61',
    hs,
    [-143.646142201, -81.91909609],
    [0, 0, 0],
    ([x1, x2, x3]) => ({
      f: total(mul(4, square(x1)), mul(2, square(x2)), mul(2, square(x3)), mul(-33, x1), mul(16, x2), mul(-24, x3)),
      c: [
        [sub(mul(3, x1), mul(2, square(x2))), 7],
        [sub(mul(4, x1), square(x3)), 11],
      ],
    }),
    { nl: 'hs061', order: [2, 0, 1] },
  ),
  small(
    'hs77',
    hs,
    [0.24150512879],
    two(5),
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(sub(x1, 1)), square(sub(x1, x2)), square(sub(x3, 1)), pow(sub(x4, 1), 4), pow(sub(x5, 1), 6)),
      c: [
        [total(mul(square(x1), x4), sin(sub(x4, x5))), 2 * r2],
        [total(x2, mul(pow(x3, 4), square(x4))), 8 + r2],
      ],
    }),
    { nl: 'hs077', order: [0, 4, 1, 2, 3] },
  ),
  small('hs78', hs, [-2.91970041], [-2, 1.5, 2, -1, -1], ([x1, x2, x3, x4, x5]) => ({
    f: product(x1, x2, x3, x4, x5),
    c: [
      [total(square(x1), square(x2), square(x3), square(x4), square(x5)), 10],
      [sub(mul(x2, x3), product(5, x4, x5)), 0],
      [total(pow(x1, 3), pow(x2, 3)), -1],
    ],
  })),
  small(
    'hs79',
    hs,
    [0.0787768209],
    two(5),
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(sub(x1, 1)), square(sub(x1, x2)), square(sub(x2, x3)), pow(sub(x3, x4), 4), pow(sub(x4, x5), 4)),
      c: [
        [total(x1, square(x2), pow(x3, 3)), 2 + 3 * r2],
        [total(x2, neg(square(x3)), x4), -2 + 2 * r2],
        [mul(x1, x5), 2],
      ],
    }),
    { nl: 'hs079', order: [0, 1, 2, 4, 3] },
  ),
  small(
    'hs100lnp',
    `${hs}, problem 100 with its active constraints`,
    [680.6300573],
    [1, 2, 0, 4, 0, 1, 1],
    ([x1, x2, x3, x4, x5, x6, x7]) => ({
      f: total(
        square(sub(x1, 10)),
        mul(5, square(sub(x2, 12))),
        pow(x3, 4),
        mul(3, square(sub(x4, 11))),
        mul(10, pow(x5, 6)),
        mul(7, square(x6)),
        pow(x7, 4),
        product(-4, x6, x7),
        mul(-10, x6),
        mul(-8, x7),
      ),
      c: [
        [total(mul(2, square(x1)), mul(3, pow(x2, 4)), x3, mul(4, square(x4)), mul(5, x5)), 127],
        [
          total(
            mul(-4, square(x1)),
            neg(square(x2)),
            product(3, x1, x2),
            mul(-2, square(x3)),
            mul(-5, x6),
            mul(11, x7),
          ),
          0,
        ],
      ],
    }),
    { nl: 'hs100lnp' },
  ),
  small(
    'hs111lnp',
    `${hs}, problem 111 without its inactive bounds`,
    [-47.76109026, -47.707579],
    range(10, () => -2.3),
    (x) => {
      const C = [-6.089, -17.164, -34.054, -5.914, -24.721, -14.986, -24.1, -10.708, -26.662, -22.179];
      const e = x.map((xj) => exp(xj));
      const all = log(total(...e));
      const [e1, e2, e3, e4, e5, e6, e7, e8, e9, e10] = e as unknown as typeof x;
      return {
        f: total(...x.map((xj, j) => mul(exp(xj), total(C[j] as number, xj, neg(all))))),
        c: [
          [total(e1, mul(2, e2), mul(2, e3), e6, e10), 2],
          [total(e4, mul(2, e5), e6, e7), 1],
          [total(e3, e7, e8, mul(2, e9), e10), 1],
        ],
      };
    },
  ),
  small('bt1', bt, [-1], [0.08, 0.06], ([x1, x2]) => ({
    f: total(mul(100, square(x1)), mul(100, square(x2)), neg(x1), -100),
    c: [[total(square(x1), square(x2)), 1]],
  })),
  small(
    'bt2',
    bt,
    [0.0325682],
    ten,
    ([x1, x2, x3]) => ({
      f: total(square(sub(x1, 1)), square(sub(x1, x2)), pow(sub(x2, x3), 4)),
      c: [[total(mul(x1, total(1, square(x2))), pow(x3, 4)), 8.2426407]],
    }),
    { nl: 'bt2' },
  ),
  small(
    'bt3',
    bt,
    [4.0930232],
    range(5, () => 20),
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(sub(x1, x2)), square(total(x2, x3, -2)), square(sub(x4, 1)), square(sub(x5, 1))),
      c: [
        [total(x1, mul(3, x2)), 0],
        [total(x3, x4, mul(-2, x5)), 0],
        [sub(x2, x5), 0],
      ],
    }),
    { nl: 'bt3' },
  ),
  small('bt4', bt, [-45.510551, -3.7047682], [4.0382, -2.947, -0.09115], ([x1, x2, x3]) => ({
    f: total(x1, neg(x2), pow(x2, 3)),
    c: [
      [total(square(x1), square(x2), square(x3)), 25],
      [total(x1, x2, x3), 1],
    ],
  })),
  small(
    'bt5',
    bt,
    [961.7151721],
    two(3),
    ([x1, x2, x3]) => ({
      f: total(1000, neg(square(x1)), neg(square(x3)), mul(-2, square(x2)), neg(mul(x1, x2)), neg(mul(x1, x3))),
      c: [
        [total(square(x1), square(x2), square(x3)), 25],
        [total(mul(8, x1), mul(14, x2), mul(7, x3)), 56],
      ],
    }),
    { nl: 'bt5' },
  ),
  small(
    'bt6',
    bt,
    [0.2770448],
    two(5),
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(sub(x1, 1)), square(sub(x1, x2)), square(sub(x3, 1)), pow(sub(x4, 1), 4), pow(sub(x5, 1), 6)),
      c: [
        [total(mul(x4, square(x1)), sin(sub(x4, x5))), 2 * r2],
        [total(mul(pow(x3, 4), square(x2)), x2), 8 + r2],
      ],
    }),
    { nl: 'bt6' },
  ),
  small('bt7', bt, [306.5, 360.379767], [-2, 1, 1, 1, 1], ([x1, x2, x3, x4, x5]) => ({
    f: total(mul(100, square(sub(x2, square(x1)))), square(sub(x1, 1))),
    c: [
      [sub(mul(x1, x2), square(x3)), 1],
      [total(square(x2), neg(square(x4)), x1), 0],
      [total(x1, square(x5)), 0.5],
    ],
  })),
  small(
    'bt8',
    bt,
    [1],
    [1, 1, 1, 0, 0],
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(x1), square(x2), square(x3)),
      c: [
        [total(x1, neg(square(x4)), square(x2)), 1],
        [total(square(x1), square(x2), neg(square(x5))), 1],
      ],
    }),
    { nl: 'bt8', order: [0, 1, 4, 2, 3] },
  ),
  small('bt9', bt, [-1], two(4), hs39, { nl: 'bt9', order: [0, 3, 1, 2] }),
  small(
    'bt10',
    bt,
    [-1],
    two(2),
    ([x1, x2]) => ({
      f: neg(x1),
      c: [
        [sub(x2, pow(x1, 3)), 0],
        [sub(square(x1), x2), 0],
      ],
    }),
    { nl: 'bt10' },
  ),
  small(
    'bt11',
    bt,
    [0.8248918],
    two(5),
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(sub(x1, 1)), square(sub(x1, x2)), square(sub(x2, x3)), pow(sub(x3, x4), 4), pow(sub(x4, x5), 4)),
      c: [
        [total(x1, square(x2), pow(x3, 3)), -2 + Math.sqrt(18)],
        [total(x2, neg(square(x3)), x4), -2 + Math.sqrt(8)],
        [sub(x1, x5), 2],
      ],
    }),
    { nl: 'bt11', order: [2, 0, 1, 3, 4] },
  ),
  small('bt12', bt, [6.1881188], [15.811, 1.5811, 0, 15.083, 3.7164], ([x1, x2, x3, x4, x5]) => ({
    f: total(mul(0.01, square(x1)), square(x2)),
    c: [
      [total(x1, x2, neg(square(x3))), 25],
      [total(square(x1), square(x2), neg(square(x4))), 25],
      [sub(x1, square(x5)), 2],
    ],
  })),
  small('maratos', cute, [-1], [1.1, 0.1], ([x1, x2]) => ({
    f: sub(mul(1e-6, total(square(x1), square(x2), -1)), x1),
    c: [[total(square(x1), square(x2)), 1]],
  })),
  small('byrdsphr', cute, [-4.68330049], [5, 0.0001, -0.0001], ([x1, x2, x3]) => ({
    f: neg(total(x1, x2, x3)),
    c: [
      [total(square(x1), square(x2), square(x3)), 9],
      [total(square(sub(x1, 1)), square(x2), square(x3)), 9],
    ],
  })),
  small(
    'mwright',
    cute,
    [24.97880953],
    [-1, 2, 1, -2, -2],
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(x1), square(sub(x1, x2)), pow(sub(x2, x3), 3), pow(sub(x3, x4), 4), pow(sub(x4, x5), 4)),
      c: [
        [total(x1, square(x2), square(x3)), 2 + 3 * r2],
        [total(x2, neg(square(x3)), x4), -2 + 2 * r2],
        [mul(x1, x5), 2],
      ],
    }),
    { nl: 'mwright', order: [0, 1, 2, 4, 3] },
  ),
  small(
    'mhw4d',
    'M. H. Wright, Numerical methods for nonlinearly constrained optimization, Stanford 1976',
    [27.8719052, 0.0293108],
    [-1, 2, 1, -2, -2],
    ([x1, x2, x3, x4, x5]) => ({
      f: total(square(sub(x1, 1)), square(sub(x1, x2)), pow(sub(x2, x3), 3), pow(sub(x3, x4), 4), pow(sub(x4, x5), 4)),
      c: [
        [total(x1, square(x2), pow(x3, 3)), 6.24264068711929],
        [total(x2, neg(square(x3)), x4), 0.82842712474619],
        [mul(x1, x5), 2],
      ],
    }),
    { nl: 'mhw4d', order: [0, 1, 2, 4, 3] },
  ),
  small(
    'robot',
    cute,
    [5.462841237, 13.39073245],
    range(7, () => 0),
    (x) => {
      const weights = [1, 1, 1, 1, 1, 1, 0.5];
      const angles = x.slice(0, 7);
      return {
        f: total(...angles.map((angle) => square(angle))),
        c: [
          [total(...angles.map((angle, i) => mul(weights[i] as number, cos(angle)))), 4],
          [total(...angles.map((angle, i) => mul(weights[i] as number, sin(angle)))), 4],
        ],
      };
    },
    { nl: 'robot' },
  ),
  small(
    'dixchlng',
    cute,
    [2471.897806],
    [-2, -0.5, 3, 0.33333, -4, -0.25, 5, 0.2, -6, -0.16667],
    (x) => {
      const at = (i: number) => x[i] as (typeof x)[0];
      const terms = range(7, (i) => {
        const [a, b, c, d] = [at(i), at(i + 1), at(i + 2), at(i + 3)];
        return total(
          mul(100, square(sub(b, square(a)))),
          square(sub(a, 1)),
          mul(90, square(sub(d, square(c)))),
          square(sub(c, 1)),
          mul(10.1, total(square(sub(b, 1)), square(sub(d, 1)))),
          product(19.8, sub(b, 1), sub(d, 1)),
        );
      });
      return { f: total(...terms), c: range(5, (k) => [product(...x.slice(0, 2 * k + 2)), 1] as const) };
    },
    { nl: 'dixchlng' },
  ),
];
