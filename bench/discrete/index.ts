// How the time of a solve grows with n.
//
//   npm run bench -- discrete
import { solveDiscrete } from '../../src/discrete/index.js';

for (const n of [100, 300, 1000]) {
  const Q = { data: new Float64Array(n * n), rows: n, columns: n };
  for (let i = 0; i < n; ++i) Q.data[i * (n + 1)] = 1 + i / n;
  const { status, iterations, seconds } = await solveDiscrete({ Q, c: new Float64Array(n).fill(1) });
  console.log(`n = ${n}: ${status} after ${iterations} iterations, ${(1e3 * seconds).toFixed(2)} ms`);
}
