// Classes like the squares of a board.
import { matrix, normals, uniforms } from '../../random.mjs';

const [rows, columns] = [150, 4];
const [normal, uniform] = [normals(86), uniforms(87)];
const x = matrix(rows, columns, normal);
const y = Array.from({ length: rows }, (_, i) =>
  Number(uniform() < 0.1 ? uniform() < 0.5 : x.data[i * columns] * x.data[i * columns + 1] > 0),
);

export const cases = () =>
  ['em', 'gd'].flatMap((method) =>
    [1, 2, 3].map((factors) => ({
      name: `${method}, ${factors} factors`,
      run: ({ contrib }) =>
        contrib.checkeredRegression({ x, y }, { method, factors, lambda: 0.01, restarts: 1, seed: 5 }),
      also: (_, result) => ({ predictions: result.predict(x) }),
    })),
  );
