// Problems of Yuan's paper (ICML 2023) on every fifth row and ninth column of e2006.
import { join } from 'node:path';
import { matrix, multiply, normals, vector } from '../../random.mjs';

export function cases({ data }) {
  const file = join(data, 'e2006-5000x10000.mtx.gz');
  let read;
  const make = async (library) => {
    read ??= library.data.readMatrixMarket(file).then((all) => {
      const [m, n] = [1000, 1024];
      const normal = normals(5);
      const G = matrix(m, n, () => 1e-5 * normal());
      for (let j = 0; j < n; ++j) {
        const column = 9 * j;
        for (let k = all.offsets[column]; k < all.offsets[column + 1]; ++k) {
          if (all.indices[k] % 5 === 0) G.data[(all.indices[k] / 5) * n + j] += all.values[k];
        }
      }
      const size = Math.sqrt(G.data.reduce((sum, value) => sum + value * value, 0));
      G.data.forEach((value, k) => {
        G.data[k] = value / size;
      });
      const image = multiply(
        G,
        vector(n, (j) => (j % 10 === 0 ? normal() : 0)),
      );
      const noise = 0.1 * Math.sqrt(image.reduce((sum, value) => sum + value * value, 0));
      const start = vector(n, () => 0.1 * normal());
      return { all, G, y: image.map((value) => value + noise * normal()), start, gamma: 0.1 / m };
    });
    return read;
  };
  const solve = (name, problem, settings) => ({
    name: `e2006, ${name}`,
    needs: file,
    prepare: make,
    run: ({ fractional }, given) => fractional.minimizeRatio(problem(fractional, given), settings),
  });
  const recovery = (f, { G, y, gamma }, start) => ({
    numerator: [f.leastSquares(G, y), f.l1(gamma)],
    denominator: f.topK(100, { scale: gamma }),
    start,
  });
  const components = (f, { G, start }) => ({
    numerator: [f.sumSquares()],
    denominator: f.lpNorm(G, 4, { squared: true }),
    start,
  });
  return [
    { name: 'e2006, read', needs: file, run: ({ data }) => data.readMatrixMarket(file) },
    solve('recovery, pcd', (f, given) => recovery(f, given, given.start), { method: 'pcd' }),
    solve('recovery, fcd', (f, given) => recovery(f, given, given.start), { method: 'fcd', maxIterations: 40 }),
    solve('recovery from the lasso', recovery, {}),
    solve('independent components', components, { maxIterations: 40 }),
    solve(
      'sparse lasso',
      (f, { all }) => ({
        numerator: [
          f.leastSquares(
            all,
            vector(all.rows, (i) => Math.sin(i)),
          ),
          f.l1(1),
        ],
        denominator: f.norm2({ shift: 1 }),
      }),
      { maxIterations: 30 },
    ),
  ];
}
