// A signal of 200 numbers, 12 of them not zero, from 80 measurements: the lasso shrinks what it keeps, the ratio does not.

import { matrix } from 'nonconvex';
import { l1, leastSquares, minimizeDifference, sparseRecovery } from 'nonconvex/fractional';

// Standard normal numbers, the same at every run.
let state = 1;
const uniform = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

const [m, n, k] = [80, 200, 12];
const A = matrix(
  m,
  n,
  Float64Array.from({ length: m * n }, () => normal() / Math.sqrt(m)),
);
const signal = new Float64Array(n);
for (let j = 0; j < k; j++) signal[(17 * j + 5) % n] = j % 2 ? -1 - j / 10 : 1 + j / 10;
const b = Array.from({ length: m }, (_, i) => signal.reduce((sum, value, j) => sum + A.data[i * n + j] * value, 0));

const error = (x) => Math.hypot(...x.map((value, j) => value - signal[j])) / Math.hypot(...signal);
const lambda = 0.05;
const lasso = await minimizeDifference({ convex: [leastSquares(A, b), l1(lambda)] });
const top = await sparseRecovery({ A, b }, { k, lambda });
const norms = await sparseRecovery({ A, b }, { penalty: 'l1l2', lambda });

console.log(
  `lasso   ${lasso.x.filter((value) => value !== 0).length} entries, relative error ${error(lasso.x).toExponential(1)}`,
);
console.log(`l1/l2   ${norms.support.length} entries, relative error ${error(norms.x).toExponential(1)}`);
console.log(`top-${k}  ${top.support.length} entries, relative error ${error(top.x).toExponential(1)}`);
console.log(top.message);
console.log(`objective ${top.objective.toFixed(6)}: 1 is as low as it can be, so this is the global minimum`);

// The picture of docs/gallery.md.
const entries = (heading, values, colour) => ({
  heading,
  height: 170,
  series: [{ name: heading, as: 'bars', x: Array.from(values, (_, j) => j), y: values, colour }],
});
export const picture = {
  title: `${k} of ${n} numbers from ${m} measurements`,
  charts: [entries('signal', signal, 3), entries('lasso', lasso.x, 2), entries(`top-${k}`, top.x, 1)],
};

// heading: A sparse signal from few measurements
// prints: /^top-12 {2}12 entries, relative error \d\.\de-(0?[6-9]|1\d)$/
// prints: /^objective 1\.000000/
