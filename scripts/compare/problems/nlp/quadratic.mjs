// Quadratic programs with equations.
import { gram, matrix, normals, sparse, vector } from '../../random.mjs';
import { inners, nlpSolve } from './shared/solve.mjs';

export function cases() {
  const normal = normals(10);
  const n = 60;
  const Q = gram(matrix(n, n, normal), 1);
  const thin = matrix(n, n, (i, j) => (i === j ? 4 : Math.abs(i - j) === 1 ? -1 : 0));
  const A = matrix(12, n, () => (normal() > 0.5 ? normal() : 0));
  const [c, b] = [vector(n, normal), vector(12, normal)];
  const problems = {
    dense: { Q, c, A, b, start: vector(n, (i) => i / n) },
    'dense, sparse equations': { Q, c, A: sparse(A, 'csc'), b },
    sparse: { Q: sparse(thin, 'csc'), c, A: sparse(A, 'csr'), b },
    free: { Q, c },
    'sparse, free': { Q: sparse(thin, 'csr'), c },
  };
  return Object.entries(problems).flatMap(([name, problem]) =>
    Object.entries({ auto: {}, ...inners }).map(([inner, settings]) =>
      nlpSolve(`quadraticProgram, ${name}, ${inner}`, ({ nlp }) => nlp.quadraticProgram(problem), settings),
    ),
  );
}
