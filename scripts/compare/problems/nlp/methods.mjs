// Each method on functions that are free or in a box, and quadratic programs, linear programs and models with inequalities and bounds.
import { gram, matrix, multiply, normals, sparse, vector } from '../../random.mjs';
import { nlpSolve } from './shared/solve.mjs';

/** Rosenbrock's function of n variables, chained. */
function chain({ nonconvex, model: f }, box = {}) {
  const [model, n] = [new nonconvex.Model(), 20];
  const x = model.variable(n, { ...box, start: vector(n, (i) => (i % 2 === 0 ? -1.2 : 1)) });
  const [left, right] = [f.slice(x, 0, n - 1), f.slice(x, 1)];
  model.minimize(f.add(f.mul(100, f.sumSquares(f.sub(right, f.square(left)))), f.sumSquares(f.sub(1, left))));
  return model;
}

/** Sines beside a parabola, whose Hessian is not positive definite at the start. */
function waves({ nonconvex, model: f }, box = {}) {
  const model = new nonconvex.Model();
  const x = model.variable(12, { ...box, start: 0.1 });
  model.minimize(
    f.add(
      f.sum(
        f.mul(
          vector(12, (i) => 1 + i / 4),
          f.sin(f.mul(3, x)),
        ),
      ),
      f.mul(0.5, f.sumSquares(x)),
    ),
  );
  return model;
}

function regression({ nlp }, box = {}) {
  const normal = normals(21);
  const x = matrix(120, 8, (_, j) => normal() * 10 ** (j / 4 - 1));
  const y = multiply(x, vector(8, normal)).map((link) => Number(link + normal() > 0));
  return nlp.logisticRegression({ x, y, ridge: 1e-3, ...box });
}

const methods = ['lbfgs', 'trustRegion', 'gradientRegularized', 'saddleFree', 'oasis'];

const descentCases = () =>
  Object.entries({ chain, waves, regression }).flatMap(([name, make]) =>
    Object.entries({ free: {}, box: { lower: -0.5, upper: 0.7 } }).flatMap(([title, box]) =>
      methods
        .filter((method) => title === 'free' || method !== 'oasis')
        .map((method) =>
          nlpSolve(`${name}, ${title}, ${method}`, (library) => make(library, box), { method, maxIterations: 300 }),
        ),
    ),
  );

/** Programs with inequalities: convex and not, dense and sparse, linear. */
function programs() {
  const [normal, n] = [normals(22), 30];
  const Q = gram(matrix(n, n, normal), 1);
  const saddle = { ...Q, data: Q.data.map((value, k) => (k % (n + 1) === 0 && k % 2 === 0 ? value - 60 : value)) };
  const thin = matrix(n, n, (i, j) => (i === j ? 4 : Math.abs(i - j) === 1 ? -1 : 0));
  const G = matrix(10, n, () => (normal() > 0.3 ? normal() : 0));
  const A = matrix(4, n, normal);
  const [c, b] = [vector(n, normal), vector(4, normal)];
  const box = { lower: -1, upper: vector(n, (i) => 1 + i / n) };
  return {
    bounds: { Q, c, ...box },
    inequalities: { Q, c, G, atMost: 1, atLeast: -2 },
    all: { Q, c, A, b, G: sparse(G, 'csr'), atMost: 3, ...box },
    sparse: { Q: sparse(thin, 'csc'), c, G: sparse(G, 'csr'), atMost: 0.5, ...box },
    'not convex': { Q: saddle, c, G, atMost: 1, ...box },
    linear: { c, G, atMost: 1, A: sparse(A, 'csr'), b, ...box },
    infeasible: { Q, c, G: matrix(2, n, () => 1), atMost: [-1, 5], atLeast: [-9, 1], ...box },
  };
}

const programCases = () =>
  Object.entries(programs()).flatMap(([name, program]) =>
    Object.entries({
      usual: {},
      'from random points': { restarts: 1, maxIterations: 8 },
      'neither polished nor relaxed': { polish: false, strictBounds: true },
    }).map(([title, settings]) =>
      nlpSolve(`${name}, ${title}`, ({ nlp }) => nlp.quadraticProgram(program), {
        maxIterations: 300,
        seed: 3,
        ...settings,
      }),
    ),
  );

/** Circles that must not meet in the smallest square. */
function packing({ nonconvex, model: f }) {
  const [model, count] = [new nonconvex.Model(), 5];
  const x = model.variable(2 * count, { start: vector(2 * count, (i) => Math.cos(3 * i)), lower: -3, upper: 3 });
  const side = model.variable({ start: 4, lower: 0 });
  for (let i = 0; i < 2 * count; ++i) model.atMost(f.sub(f.at(x, i), side), 0);
  for (let i = 0; i < count; ++i) {
    for (let j = 0; j < i; ++j) {
      const apart = f.sub(f.slice(x, 2 * i, 2 * i + 2), f.slice(x, 2 * j, 2 * j + 2));
      model.atLeast(f.sumSquares(apart), 1);
    }
  }
  model.minimize(f.add(side, f.mul(0.01, f.sumSquares(x))));
  return model;
}

const modelCases = () =>
  ['auto', 'exact'].map((inner) => nlpSolve(`packing, ${inner}`, packing, { inner, maxIterations: 300, seed: 2 }));

export const cases = () => [...descentCases(), ...programCases(), ...modelCases()];
