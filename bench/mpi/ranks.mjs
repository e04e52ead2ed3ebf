// One rank of bench/mpi/index.ts: what an iteration of a solve over ranks took. Arguments: the problem, its rows and columns.
import { minimize, minimizeRatio, trainReluNetwork, world } from 'nonconvex';
import { leastSquares, topK } from 'nonconvex/fractional';
import { logisticRegression } from 'nonconvex/nlp';
import { minimizeSum } from 'nonconvex/smooth';

const [what, rows, columns] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const ranks = await world();
const border = (k) => Math.floor((rows * k) / ranks.size);
const [first, own] = [border(ranks.rank), border(ranks.rank + 1) - border(ranks.rank)];

/** Data that are the same for any number of ranks. */
function part(from, count) {
  const data = new Float64Array(count * columns);
  for (let k = 0; k < data.length; ++k) {
    const at = from * columns + k;
    data[k] = Math.sin(1.1 * at + 1e-7 * at * (at % 1000));
  }
  const value = (i) => data[i * columns] - data[i * columns + 1] + Math.sin(7.1 * (from + i));
  const y = Float64Array.from({ length: count }, (_, i) => (value(i) > 0 ? 1 : -1));
  return { x: { data, rows: count, columns }, y };
}
const data = what === 'ratio' ? part(0, 200) : part(first, own);
const regression = () => logisticRegression({ ...data, ridge: 1e-3, ranks });
const network = (more) =>
  trainReluNetwork({ ...data, ranks }, { lambda: rows / 1000, patterns: { sample: 20 }, tolerance: 1e-5, ...more });
const gated = (more) => network({ activation: 'gated', ...more });
const solves = {
  exact: () => minimize(regression(), { tolerance: 1e-8 }),
  lbfgs: () => minimize(regression(), { method: 'lbfgs', tolerance: 1e-6 }),
  full: () => minimizeSum(regression(), { batchSize: 'full', tolerance: 1e-6, maxEpochs: 200 }),
  batches: () => minimizeSum(regression(), { batchSize: 256, maxEpochs: 1 }),
  gated: () => gated({}),
  products: () => gated({ method: { kind: 'admm', inner: 'krylov' } }),
  cones: () => network({ tolerance: 1e-3, maxIterations: 60 }),
  slack: () => network({ splitting: 'slack', maxIterations: 60 }),
  ratio: () =>
    minimizeRatio(
      { numerator: [leastSquares(data.x, data.y)], denominator: topK(5, { shift: 1 }) },
      { restarts: 15, maxIterations: 300, ranks },
    ),
};
await solves[what]();
const [bytes, used] = [ranks.bytes, process.cpuUsage()];
const { iterations, counts, seconds } = await solves[what]();
const { user, system } = process.cpuUsage(used);
// Of methods that count epochs a gradient is what crosses.
const steps = counts?.gradients ?? iterations;
console.log(
  JSON.stringify({ rank: ranks.rank, steps, seconds, processor: (user + system) / 1e6, bytes: ranks.bytes - bytes }),
);
