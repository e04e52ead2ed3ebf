// Errors with heavy tails, and groups of rows.
import { matrix, normals, vector } from '../../random.mjs';

const [rows, columns] = [120, 5];
const normal = normals(88);
const x = matrix(rows, columns, normal);
const groups = Array.from({ length: rows }, (_, i) => `g${i % 9}`);
const shifts = vector(9, normal);
const y = vector(rows, (i) => x.data[i * columns] + shifts[i % 9] + normal() ** 3 / 2);

export function cases() {
  const options = {
    usual: {},
    'nu 1': { degreesOfFreedom: 1 },
    'q 1.5': { q: 1.5 },
    'no intercept': { intercept: false },
  };
  return Object.entries(options).flatMap(([name, settings]) =>
    Object.entries({ groups: { x, y, groups }, 'no groups': { x, y } }).map(([title, data]) => ({
      name: `${name}, ${title}`,
      run: ({ contrib }) => contrib.robustMixedModel(data, settings),
    })),
  );
}
