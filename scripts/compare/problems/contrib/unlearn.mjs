// Rows that a regression forgets.
import { matrix, normals, vector } from '../../random.mjs';

const [rows, columns] = [80, 5];
const normal = normals(81);
const x = matrix(rows, columns, normal);
const numbers = vector(rows, (i) => x.data[i * columns] - x.data[i * columns + 2] + normal());
const labels = Array.from(numbers, (value) => Number(value > 0));
const coefficients = vector(columns, () => normal() / 3);

export function cases() {
  const removed = { few: [3, 5, 20], many: Array.from({ length: 30 }, (_, k) => 2 * k) };
  return Object.entries({ squared: numbers, logistic: labels }).flatMap(([loss, y]) =>
    Object.entries(removed).flatMap(([name, left]) =>
      [0, 0.1].map((lambda) => ({
        name: `${loss}, ${name}, lambda ${lambda}`,
        run: ({ contrib }) => contrib.unlearn({ x, y, coefficients, intercept: 0.1, rows: left }, { loss, lambda }),
      })),
    ),
  );
}
