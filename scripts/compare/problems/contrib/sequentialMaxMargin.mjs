// Tasks one after the other.
import { matrix, normals } from '../../random.mjs';

function tasksOf(seed, count, rows, columns) {
  const normal = normals(seed);
  return Array.from({ length: count }, () => {
    const x = matrix(rows, columns, normal);
    return { x, y: Array.from({ length: rows }, (_, i) => Number(x.data[i * columns] > 0)) };
  });
}

export const cases = () =>
  Object.entries({ few: [3, 4, 6], many: [12, 8, 10], wide: [5, 10, 60] }).flatMap(([name, shape], k) =>
    ['cyclic', 'random'].map((taskOrder) => ({
      name: `${name}, ${taskOrder}`,
      run: ({ contrib }) => contrib.sequentialMaxMargin({ tasks: tasksOf(82 + k, ...shape) }, { taskOrder, seed: 2 }),
      also: (_, result) => ({ decisions: result.decision(tasksOf(82 + k, ...shape)[0].x) }),
    })),
  );
