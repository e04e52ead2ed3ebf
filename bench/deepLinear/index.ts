// How the time of a solve without a closed form grows with the data.
//
//   npm run bench -- deepLinear
import { trainLinearNetwork } from '../../src/deepLinear/index.js';

/** Numbers in (-1, 1). */
function numbers(count: number): Float64Array {
  let state = 1;
  return Float64Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

for (const [n, d, c] of [
  [200, 20, 10],
  [1000, 100, 10],
  [2000, 300, 50],
] as const) {
  const x = { data: numbers(n * d).map((value, at) => value * (1 + (at % d)) ** -0.7), rows: n, columns: d };
  const y = { data: numbers(n * c), rows: n, columns: c };
  const { status, iterations, seconds, gap, singularValues } = await trainLinearNetwork(
    { x, y },
    { lambda: 0.002 * n },
  );
  console.log(
    `n = ${n}, d = ${d}, c = ${c}: ${status} after ${iterations} iterations, ${(1e3 * seconds).toFixed(1)} ms, ` +
      `gap ${gap.toExponential(0)}, rank ${singularValues.length}`,
  );
}
