// Regressions on public data.
import { join } from 'node:path';
import { normals, vector } from '../../random.mjs';
import { nlpSolve } from './shared/solve.mjs';

export function cases({ data }) {
  return ['mushrooms', 'phishing', 'a9a'].flatMap((name) => {
    const path = join(data, `${name}.libsvm.gz`);
    return dataSetSolves(name, path).map((each) => ({ ...each, needs: path }));
  });
}

/** Public data: ten random linear equations and ||x||^2 = 1, as in the benchmark, and without. */
function dataSetSolves(name, path) {
  let read;
  const load = (library) => {
    read ??= library.data.readLibsvm(path).then((set) => {
      const normal = normals(name.length);
      const A = Array.from({ length: 10 }, () => vector(set.x.columns, normal));
      return { ...set, A, b: vector(10, normal), start: new Float64Array(set.x.columns).fill(1) };
    });
    return read;
  };
  const constrained = async (library) => library.nlp.logisticRegression({ ...(await load(library)), squaredNorm: 1 });
  const free = async (library) => {
    const { x, y } = await load(library);
    return library.nlp.logisticRegression({ x, y, ridge: 1e-3, intercept: true });
  };
  const squared = async (library) => {
    const { x, y, A, b } = await load(library);
    return library.nlp.generalizedLinearModel({ loss: 'squared', x, y, ridge: 1e-3, A, b });
  };
  const solves = [
    nlpSolve(`${name}, constrained`, constrained),
    nlpSolve(`${name}, constrained, neither sampled nor reused`, constrained, {
      sampleStart: false,
      reuseHessian: false,
    }),
    nlpSolve(`${name}, constrained, krylov`, constrained, { inner: 'krylov', maxIterations: 60 }),
    nlpSolve(`${name}, free`, free),
    nlpSolve(`${name}, squared`, squared),
  ];
  const read1 = { name: `${name}, read`, run: ({ data }) => data.readLibsvm(path) };
  return [read1, ...solves.map((solve) => ({ ...solve, prepare: load }))];
}
