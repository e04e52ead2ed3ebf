// Solves of nonlinear programs, which the files of cases share.
import { vector } from '../../../random.mjs';

/** A case that is a solve of `minimize`, with the derivatives of its problem at the start and at the end. */
export function nlpSolve(name, make, settings = {}) {
  return {
    name,
    run: async (library) => library.nlp.minimize(await make(library), settings),
    also: async (library, { x, multipliers }) => {
      const made = await make(library);
      const program = made.compile?.() ?? made;
      const start = evaluate(program, program.start, new Float64Array(program.m).fill(1));
      return { start, end: evaluate(program, x, multipliers) };
    },
  };
}

function evaluate(program, x, multipliers) {
  const [v, w] = [vector(program.n, (i) => Math.cos(i)), vector(program.m, (i) => Math.sin(i + 1))];
  return {
    x,
    objective: program.objective(x),
    gradient: program.gradient(x),
    constraints: program.constraints(x),
    jacobian: program.jacobian(x),
    hessian: program.hessian(x, multipliers),
    jacobianProduct: program.jacobianProduct(x, v),
    jacobianTransposedProduct: program.jacobianTransposedProduct(x, w),
    hessianProduct: program.hessianProduct(x, multipliers, v),
  };
}

/** Ways to solve a Newton system other than the default one, with limits that keep them short. */
export const inners = {
  exact: { inner: 'exact' },
  sketch: { inner: 'sketch', innerSteps: 2000, maxIterations: 30 },
  krylov: { inner: 'krylov', maxIterations: 100 },
};
