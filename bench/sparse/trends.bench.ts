// Trends of a noisy sine, orders 1 and 2: processor seconds of one core, the gap and the knots.
//
//   npm run bench -- sparse/trends
//
// Prints the table of docs/sparse-signals.md.
import { trendFilter } from '../../src/sparse/index.js';
import { normals } from '../shared/random.js';
import { describe, environment, short, table } from '../shared/report.js';

const shares = [0.1, 1e-3, 1e-5, 1e-7, 1e-9];
const sizes = process.argv.includes('--quick') ? [1_000] : [1_000, 10_000, 100_000];

const rows: string[][] = [];
for (const degree of [1, 2]) {
  for (const n of sizes) {
    const normal = normals(1);
    const y = Float64Array.from({ length: n }, (_, i) => 3 * Math.sin((12 * i) / n) + Number(i > n / 2) + normal() / 2);
    const { lambdaMax } = await trendFilter(y, { degree, lambda: 1e300 });
    const found: string[] = [];
    for (const share of shares) {
      const begin = process.cpuUsage();
      const { status, knots } = await trendFilter(y, { degree, lambda: share * lambdaMax, tolerance: 1e-8 });
      const { user, system } = process.cpuUsage(begin);
      found.push(status === 'solved' ? `${short((user + system) / 1e6)} (${knots?.length})` : status);
    }
    rows.push([n.toLocaleString('en'), String(degree), ...found]);
  }
}
console.log(describe(environment()));
console.log(
  table(['numbers', '`degree`', '0.1 `lambdaMax`', ...shares.slice(1).map((share) => share.toExponential())], rows),
);
