// One rank of bench/mpi/index.ts: the seconds and bytes of an iteration, which rank 0 prints.
import { minimize, world } from 'nonconvex';
import { logisticRegression } from 'nonconvex/nlp';

const [rows, columns, inner] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const ranks = await world();
const border = (k) => Math.floor((rows * k) / ranks.size);
const [first, own] = [border(ranks.rank), border(ranks.rank + 1) - border(ranks.rank)];
const data = new Float64Array(own * columns);
for (let k = 0; k < data.length; ++k) data[k] = Math.sin(1.1 * (first * columns + k) + 1e-7 * k * k);
const y = Float64Array.from({ length: own }, (_, i) => {
  const at = i * columns;
  return data[at] - data[at + 1] + Math.sin(7.1 * (first + i)) > 0 ? 1 : -1;
});
const x = { data, rows: own, columns };
const settings = { tolerance: 1e-8, ...(inner && { inner }) };
const problem = () => logisticRegression({ x, y, ridge: 1e-3, ranks });
await minimize(problem(), settings);
const before = ranks.bytes;
const { iterations, seconds, evaluations } = await minimize(problem(), settings);
if (ranks.rank === 0) {
  const perIteration = { milliseconds: (1000 * seconds) / iterations, bytes: (ranks.bytes - before) / iterations };
  console.log(JSON.stringify({ size: ranks.size, iterations, evaluations, ...perIteration }));
}
