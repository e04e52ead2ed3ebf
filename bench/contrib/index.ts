// The cost of forgetting some rows beside a fit to the others.
//
//   npm run bench -- contrib

import { unlearn } from '../../src/contrib/index.js';
import { generalizedLinearModel, minimize } from '../../src/nlp/index.js';

/** Numbers in (-1, 1). */
function numbers(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

for (const [n, p] of [
  [2000, 50],
  [20_000, 100],
] as const) {
  const x = { data: numbers(n * p, 1), rows: n, columns: p };
  const y = numbers(n, 2).map((noise, i) => Number(noise + (x.data[i * p] as number) > 0));
  const lambda = 0.01;
  const fit = await minimize(generalizedLinearModel({ loss: 'logistic', x, y, ridge: lambda }));
  const rows = Int32Array.from({ length: 20 }, (_, k) => 7 * k);
  const without = await unlearn({ x, y, coefficients: fit.x, rows }, { loss: 'logistic', lambda });
  console.log(
    `n = ${n}, p = ${p}: fit ${(1e3 * fit.seconds).toFixed(1)} ms; without 20 rows ${without.status} after ${without.iterations} steps, ` +
      `${(1e3 * without.seconds).toFixed(1)} ms`,
  );
}
