// Orthogonal regression: curves and surfaces fitted to points that may move, the squared distances moved minimised.
import {
  add,
  at,
  column,
  div,
  type Expression,
  mul,
  sqrt,
  square,
  sub,
  sumSquares,
} from '../../../src/expressions/index.js';
import { Model } from '../../../src/index.js';
import { type Problem, range, type Scalar, type Vector } from './define.js';

type Point = readonly number[];

const source =
  'M. Gulliksson, Algorithms for nonlinear least squares with applications to orthogonal regression, Umea 1990';
const plus = (...terms: Expression[]): Vector => terms.reduce((a, b) => add(a, b)) as Vector;
/** pi as CUTEst has it there. */
const pi = Math.PI;

function regression(
  name: string,
  data: readonly Point[],
  minima: readonly number[],
  parameters: readonly number[],
  surface: (p: Scalar[], coordinates: Vector[]) => Vector,
  right: number,
  more: { nl?: string; start?: readonly Point[] } = {},
): Problem {
  const dimension = (data[0] as Point).length;
  const build = () => {
    const model = new Model();
    const points = () => model.variable([data.length, dimension], { start: (more.start ?? data).flat() });
    const first = more.nl ? points() : undefined;
    const p = model.variable(parameters.length, { start: parameters });
    const x = first ?? points();
    const found = range(parameters.length, (k) => at(p, k));
    model.equal(
      surface(
        found,
        range(dimension, (j) => column(x, j)),
      ),
      right,
    );
    model.minimize(sumSquares(sub(x, data)));
    return model;
  };
  return { name, source, minima, nl: more.nl, build };
}

/** h11 x^2 + 2 h12 x y + h22 y^2 - 2 g1 x - 2 g2 y = 1 */
const ellipse = (p: Scalar[], coordinates: Vector[]) => {
  const [h11, h12, h22, g1, g2] = p as [Scalar, Scalar, Scalar, Scalar, Scalar];
  const [x, y] = coordinates as [Vector, Vector];
  return sub(
    plus(mul(h11, square(x)), mul(mul(2, h12), mul(x, y)), mul(h22, square(y))),
    mul(2, add(mul(g1, x), mul(g2, y))),
  );
};

/** A circle around (z1, z2): t^2 = t (1 + z3^2)^2, t the squared distance. */
const circle = (p: Scalar[], coordinates: Vector[]) => {
  const [z1, z2, z3] = p as [Scalar, Scalar, Scalar];
  const [x, y] = coordinates as [Vector, Vector];
  const t = add(square(sub(x, z1)), square(sub(y, z2)));
  return sub(square(t), mul(t, square(add(1, square(z3)))));
};

/** A torus around p1, p2, p3 of radii p4 and p5, in units of p4. */
const torus = (p: Scalar[], coordinates: Vector[]) => {
  const [p1, p2, p3, p4, p5] = p as [Scalar, Scalar, Scalar, Scalar, Scalar];
  const [x, y, z] = coordinates as [Vector, Vector, Vector];
  const ring = div(sqrt(add(square(sub(x, p1)), square(sub(y, p2)))), p4);
  return sub(add(square(sub(ring, 1)), square(sub(z, p3))), square(p5));
};

/** h11 x^2 + 2 h12 x y + ... - 2 g1 x - ... = 1 */
const ellipsoid = (p: Scalar[], coordinates: Vector[]) => {
  const [h11, h12, h13, h22, h23, h33, g1, g2, g3] = p as [
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
  ];
  const [x, y, z] = coordinates as [Vector, Vector, Vector];
  const diagonal = plus(mul(h11, square(x)), mul(h22, square(y)), mul(h33, square(z)));
  const mixed = plus(mul(h12, mul(x, y)), mul(h13, mul(x, z)), mul(h23, mul(y, z)));
  const linear = plus(mul(g1, x), mul(g2, y), mul(g3, z));
  return add(diagonal, mul(2, sub(mixed, linear)));
};

function orthrega(levels: number, minima: readonly number[]): Problem {
  let points: Point[] = [[0.5, 0.5]];
  for (let level = 0, [a, b] = [9, 6]; level < levels; ++level, [a, b] = [a / pi, b / pi]) {
    points = points.flatMap(([x = 0, y = 0]) => [
      [x + a, y + a],
      [x + b, y - b],
      [x - a, y - a],
      [x - b, y + b],
    ]);
  }
  return regression(`orthrega(${points.length})`, points, minima, [1, 0, 1, 0, 0], ellipse, 1);
}

const orthregb = regression(
  'orthregb',
  [
    [9.5, 9.5, 0.5],
    [6.5, -5.5, 0.5],
    [-8.5, -8.5, 0.5],
    [-5.5, 6.5, 0.5],
    [0.5, 0.5, 7.5],
    [0.5, 0.5, -6.5],
  ],
  [0],
  [1, 0, 0, 1, 0, 1, 0, 0, 0],
  ellipsoid,
  1,
  { nl: 'orthregb' },
);

function angles(points: number, pert: number): (readonly [number, number])[] {
  return range(points, (i) => {
    const theta = i * (1 / points) * 2 * pi;
    return [theta, 1 + pert * Math.cos(theta * 237.1531)] as const;
  });
}

function orthregc(points: number, minima: readonly number[]): Problem {
  const [c, s] = [Math.cos(2), Math.sin(2)];
  const data = angles(points, 0.2).map(([theta, pert]) => {
    const [u, v] = [2 * Math.cos(theta), Math.sin(theta)];
    return [(u * c - v * s) * pert, (u * s + v * c) * pert];
  });
  return regression(`orthregc(${points})`, data, minima, [1, 0, 1, 1, 1], ellipse, 1);
}

function circles(name: string, points: number, pert: number, share: number, minima: readonly number[]): Problem {
  const data = angles(points, pert).map(([theta, factor]) => {
    const radius = (1 + 1.7 * 1.7 + share * Math.cos(theta)) * factor;
    return [radius * Math.cos(theta), radius * Math.sin(theta)];
  });
  const start = data.map((point, i) => (name === 'orthrgds' && i >= 4 && i < 14 ? [1.8, 1] : point));
  return regression(`${name}(${points})`, data, minima, [1, 0, 1], circle, 0, { start });
}

function orthregf(side: number, minima: readonly number[]): Problem {
  const data = range(side).flatMap((i) => {
    const theta = (i / side) * 2 * pi;
    return angles(side, 0.2).map(([phi, pert]) => {
      const radius = 1.7 + 0.8 * Math.cos(theta);
      return [radius * Math.cos(phi) * pert, radius * Math.sin(phi) * pert, 0.8 * Math.sin(theta) * pert];
    });
  });
  return regression(`orthregf(${side * side})`, data, minima, [1, 0, 1, 1, 0.5], torus, 0);
}

export const orthregression = { orthrega, orthregc, circles, orthregf };

export const problems: readonly Problem[] = [
  orthrega(2, [79.633051]),
  orthrega(3, [350.3002061]),
  orthregb,
  orthregc(10, [0.39905864]),
  orthregc(50, [1.975569984]),
  circles('orthregd', 10, 0.2, 1, [3.412121065]),
  circles('orthregd', 50, 0.2, 1, [15.59042181]),
  circles('orthrgdm', 10, 0.2, 0.25, [3.28857733]),
  circles('orthrgds', 20, 0.2, 1, [6.2101932, 14.9987098]),
  circles('orthrdm2', 50, 0.1, 1, [3.98030081]),
  orthregf(5, [0.990089426]),
];
