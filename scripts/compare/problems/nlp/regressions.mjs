// Regressions as nonlinear programs: losses, equations, formats, and so many rows that a sample of them comes first.
import { matrix, multiply, normals, once, sparse, uniforms, vector } from '../../random.mjs';
import { inners, nlpSolve } from './shared/solve.mjs';

export const cases = () => [...smallRegressions(), ...largeRegressions()];

function smallRegressions() {
  const [N, n] = [300, 10];
  const normal = normals(6);
  const x = matrix(N, n, normal);
  const thin = matrix(N, n, () => (normal() > 0.5 ? normal() : 0));
  const t = multiply(
    x,
    vector(n, () => 0.3 * normal()),
  );
  const uniform = uniforms(7);
  const responses = {
    logistic: Array.from(t, (value) => uniform() < 1 / (1 + Math.exp(-value))),
    squared: t.map((value) => value + normal()),
    poisson: t.map((value) => Math.floor(Math.exp(value) * 2 * uniform())),
    gamma: t.map((value) => Math.exp(value) * (0.1 + uniform())),
  };
  const A = matrix(3, n, normal);
  const b = vector(3, () => 0.3 * normal());
  const weights = vector(N, uniform);
  const equations = {
    free: () => ({}),
    linear: () => ({ A, b }),
    'linear, sparse': () => ({ A: sparse(A, 'csr'), b }),
    norm: () => ({ squaredNorm: 1 }),
    'own equations': ({ model: f }) => ({
      constraints: (c) => [f.sub(f.sum(f.exp(f.slice(c, 0, 4))), 4.5), f.mul(f.at(c, 5), f.at(c, 6))],
      start: vector(n, (i) => 0.1 + i / 50),
    }),
    all: ({ model: f }) => ({ A, b, squaredNorm: 2, constraints: (c) => f.sub(f.at(c, 0), f.at(c, 1)) }),
  };
  const formats = { dense: x, csr: sparse(thin, 'csr'), csc: sparse(thin, 'csc') };
  const solves = Object.entries(responses).flatMap(([loss, y]) =>
    Object.entries(equations).flatMap(([title, equation]) => {
      const make = (features, more) => (library) =>
        library.nlp.generalizedLinearModel({ loss, x: features, y, ridge: 0.01, ...equation(library), ...more });
      return [
        ...Object.entries(formats).map(([format, features]) =>
          nlpSolve(`${loss}, ${title}, ${format}`, make(features)),
        ),
        ...Object.entries(inners).map(([inner, settings]) =>
          nlpSolve(`${loss}, ${title}, ${inner}`, make(x), settings),
        ),
        nlpSolve(
          `${loss}, ${title}, weighted`,
          make(x, {
            sampleWeight: weights,
            offset: t,
            ridge: vector(n, (i) => i / 50),
            intercept: true,
            start: undefined,
          }),
        ),
      ];
    }),
  );
  const words = responses.logistic.map((each) => (each ? 'yes' : 'no'));
  return [
    ...solves,
    nlpSolve('logisticRegression', ({ nlp }) => nlp.logisticRegression({ x, y: words })),
    nlpSolve('logisticRegression, shares', ({ nlp }) => nlp.logisticRegression({ x, y: weights, squaredNorm: 1 })),
    nlpSolve('logisticRegression, single precision', ({ nlp }) =>
      nlp.logisticRegression({ x: { ...x, data: Float32Array.from(x.data) }, y: words, A, b }),
    ),
  ];
}

/** Regressions of so many rows that a sample of them comes first. */
function largeRegressions() {
  const make = once(() => {
    const [N, n] = [20000, 20];
    const [normal, uniform] = [normals(8), uniforms(9)];
    const x = matrix(N, n, normal);
    const thin = sparse(
      matrix(N, n, () => (uniform() < 0.2 ? normal() : 0)),
      'csr',
    );
    const t = multiply(x, vector(n, normal));
    const y = t.map((value) => Number(uniform() < 1 / (1 + Math.exp(-value))));
    const counts = t.map((value) => Math.floor(3 * Math.exp(value / 10) * uniform()));
    return { x, thin, y, counts, A: matrix(4, n, normal), b: vector(4, normal) };
  });
  const dense = ({ nlp }) => {
    const { x, y, A, b } = make();
    return nlp.logisticRegression({ x, y, A, b, squaredNorm: 9 });
  };
  const thin = ({ nlp }) => {
    const { thin: features, y, A, b } = make();
    return nlp.logisticRegression({ x: features, y, A, b });
  };
  const counted = ({ nlp }) => {
    const { x, counts: y, A } = make();
    return nlp.generalizedLinearModel({ loss: 'poisson', x, y, A, b: [0, 0, 0, 0], intercept: true });
  };
  const solves = Object.entries({ dense, sparse: thin, counts: counted }).flatMap(([name, problem]) => [
    nlpSolve(`20,000 rows, ${name}`, problem),
    nlpSolve(`20,000 rows, ${name}, neither sampled nor reused`, problem, { sampleStart: false, reuseHessian: false }),
    nlpSolve(`20,000 rows, ${name}, krylov`, problem, { inner: 'krylov', maxIterations: 100 }),
  ]);
  return solves.map((solve) => ({ ...solve, prepare: make }));
}
