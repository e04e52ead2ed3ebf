// Dictionaries that serve a classification.
import { matrix, normals } from '../../random.mjs';

const [rows, columns] = [90, 8];
const normal = normals(94);
const x = matrix(rows, columns, normal);
const y = Array.from({ length: rows }, (_, i) =>
  x.data[i * columns] + x.data[i * columns + 3] + normal() > 0 ? 'b' : 'a',
);

export const cases = () =>
  [1, 2, 5].flatMap((rank) =>
    [0.1, 10].map((reconstruction) => ({
      name: `rank ${rank}, reconstruction ${reconstruction}`,
      run: ({ contrib }) => contrib.supervisedDictionary({ x, y }, { rank, reconstruction, lambda: 0.01 }),
      also: (_, result) => ({ features: result.transform(x), predictions: result.predict(x) }),
    })),
  );
