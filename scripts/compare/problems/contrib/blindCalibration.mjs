// Signals that sensors of unknown gains see.
import { matrix, multiply, normals, vector } from '../../random.mjs';

function seen(seed, sensors, columns, count) {
  const normal = normals(seed);
  const gains = vector(sensors, (i) => 1 + 0.2 * Math.sin(i));
  const signal = vector(columns, normal);
  return Array.from({ length: count }, () => {
    const A = matrix(sensors, columns, normal);
    return { A, y: multiply(A, signal).map((value, i) => value * gains[i] + 0.01 * normal()) };
  });
}

const bases = (sensors) => ({
  signalBasis: matrix(6, 3, (i, j) => Math.cos((i + 1) * j)),
  gainBasis: matrix(sensors, 3, (i, j) => Math.sin(i + 1) ** j),
});

export const cases = () =>
  Object.entries({ few: [20, 6, 3], many: [60, 6, 8] }).flatMap(([name, [sensors, columns, count]], k) => {
    const snapshots = seen(90 + k, sensors, columns, count);
    const settings = { tolerance: 1e-8, maxIterations: 3000 };
    const solve = (title, data, more) => ({
      name: `${name}, ${title}`,
      run: ({ contrib }) => contrib.blindCalibration({ snapshots, ...data }, { ...settings, ...more }),
    });
    return [
      solve('any gains', {}, {}),
      solve('bounded gains', {}, { gainRange: 0.15 }),
      solve('bases', bases(sensors), {}),
    ];
  });
