// The barrier between two networks for scikit-learn's digits before and after their units are put into the same order, by several pairs of trainings.
//
//   npm run bench -- discrete/alignNetworks            into bench/discrete/alignNetworks.md and bench/discrete/alignNetworks.results.json
//   npm run bench -- discrete/alignNetworks 64         one width alone; nothing is written
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { alignNetworks, type SegmentCourse } from '../../src/discrete/index.js';
import { add, crossEntropy, glorot, Model, matvec, relu } from '../../src/expressions/index.js';
import { minimizeSum } from '../../src/smooth/index.js';
import { root } from '../shared/native.js';
import { describe, environment, median, short, table, writeResults, writeSection } from '../shared/report.js';

const path = join(process.env.NONCONVEX_SHARED ?? join(root, '..', 'shared'), 'problems', 'bilevel', 'digits.csv.gz');
const [trainRows, epochs, pairs, mark] = [1200, 60, 5, 10];

interface Digits {
  images: number[][];
  labels: Float64Array;
}

/** All rows in an order that is the same in every run. */
function read(): Digits[] {
  const rows = gunzipSync(readFileSync(path))
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  let state = 1;
  for (let i = rows.length - 1; i > 0; --i) {
    state = (state * 48271) % 2147483647;
    const j = Math.floor((state / 2147483647) * (i + 1));
    [rows[i], rows[j]] = [rows[j] as number[], rows[i] as number[]];
  }
  return [rows.slice(0, trainRows), rows.slice(trainRows)].map((part) => ({
    images: part.map((row) => row.slice(0, 64).map((pixel) => pixel / 16)),
    labels: Float64Array.from(part, (row) => row[64] as number),
  }));
}

/** A network that was trained by the default method from random weights of a seed. */
async function trained(data: Digits, sizes: readonly number[], seed: number) {
  const model = new Model();
  const rows = model.rows({ images: data.images, labels: data.labels });
  let values = rows.images as Parameters<typeof matvec>[1];
  sizes.slice(1).forEach((units, l) => {
    const W = model.variable([units, sizes[l] as number], { start: glorot() });
    const sums = add(matvec(W, values), model.variable(units, { start: 0 }));
    values = l === sizes.length - 2 ? sums : relu(sums);
  });
  model.minimize(rows.mean(crossEntropy(values as never, rows.labels)));
  const { x } = await minimizeSum(model, { batchSize: 32, maxEpochs: epochs, seed });
  let at = 0;
  const layers = sizes.slice(1).map((units, l) => {
    const [inputs, from] = [sizes[l] as number, at];
    const data = Float64Array.from(
      { length: units * inputs },
      (_, k) => x[from + (k % units) * inputs + Math.floor(k / units)] as number,
    );
    at += units * inputs + units;
    return { weights: { data, rows: inputs, columns: units }, biases: x.slice(at - units, at) };
  });
  return { layers };
}

if (!existsSync(path)) {
  console.log('skipped: ../shared/problems/bilevel/digits.csv.gz is not there');
} else {
  await main(process.argv[2] === undefined ? undefined : Number(process.argv[2]));
}

async function main(only: number | undefined): Promise<void> {
  const [train, test] = read() as [Digits, Digits];
  const rows: string[][] = [];
  const results: object[] = [];
  for (const width of [64, 512].filter((each) => only === undefined || each === only)) {
    const networks = [];
    for (let seed = 1; seed <= 2 * pairs; ++seed) networks.push(await trained(train, [64, width, width, 10], seed));
    for (const [by, balance] of [
      ['weights', true],
      ['weights', false],
      ['activations', true],
    ] as const) {
      const [before, after, ratios]: [number[], number[], number[]] = [[], [], []];
      const [seconds, halfBefore, halfAfter]: [number[], number[], number[]] = [[], [], []];
      for (let k = 0; k < pairs; ++k) {
        const [a, b] = [networks[2 * k], networks[2 * k + 1]] as [(typeof networks)[0], (typeof networks)[0]];
        // Units are compared on rows of the training; the loss is that of other rows.
        const begin = process.cpuUsage();
        const found = await alignNetworks(
          { a, b, ...(by === 'activations' && { x: train.images }) },
          { by, balance, threads: 1 },
        );
        const { user, system } = process.cpuUsage(begin);
        seconds.push((user + system) / 1e6);
        const courseTo = async (network: (typeof found)['network']) => {
          const data = { a, b: network, x: test.images, y: test.labels };
          const { barrier } = await alignNetworks(data, { balance, points: 21 });
          return barrier?.before as SegmentCourse;
        };
        const [plain, own] = [await courseTo(b), await courseTo(found.network)];
        before.push(plain.height);
        after.push(own.height);
        ratios.push(plain.height / Math.max(own.height, 1e-12));
        halfBefore.push(plain.accuracy?.[10] as number);
        halfAfter.push(own.accuracy?.[10] as number);
      }
      const range = (values: number[]) => `${short(Math.min(...values))} to ${short(Math.max(...values))}`;
      rows.push([
        ...[`64-${width}-${width}-10`, by, balance ? 'yes' : 'no', range(before), range(after), short(median(ratios))],
        ...[short(median(halfBefore)), short(median(halfAfter)), short(median(seconds))],
      ]);
      results.push({
        width,
        by,
        balance,
        before,
        after,
        ratios,
        halfBefore,
        halfAfter,
        seconds,
        reached: median(ratios) >= mark,
      });
      console.log(rows.at(-1)?.join('  '));
    }
  }
  const head = [
    'network',
    'by',
    'balanced',
    'barrier before',
    'after',
    'times lower',
    'right half way before',
    'after',
    'CPU s',
  ];
  console.log(`\n${table(head, rows)}`);
  if (only !== undefined) return;
  writeResults('discrete/alignNetworks', { environment: environment(), pairs, results });
  writeSection(
    'bench/discrete/alignNetworks.md',
    'barriers',
    `${describe(environment())}

scikit-learn's digits, ${trainRows} rows for the training (${epochs} epochs of \`minimizeSum\` with its default method), ${test.labels.length} others for the loss. ${pairs} pairs of
networks from random weights of their own: the barrier is the most by which the mean loss lies above the line between both ends; least and largest of the pairs,
the median of how many times lower it is, and medians of the share of rows that the network half way has right. Processor time of an alignment without
the losses, one thread.

${table(head, rows)}`,
  );
}
