// Logistic regression on a9a by batches: an epoch's processor time beside PyTorch's, and the gap after 8 epochs of methods without a step
// size beside Adam and SGD with the best of five, as the columns are and multiplied by 10^(+-3).
//
//   npm run bench -- smooth            into bench/smooth/page.md and results.json
//
// Without ../shared/data/a9a.libsvm.gz there is nothing to do; without PyTorch for /usr/bin/python3 the rows that are its own are left out.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { uniforms } from '../../src/core/random.js';
import type { SparseMatrix } from '../../src/index.js';
import { readLibsvm } from '../../src/index.js';
import { logisticRegression, minimize } from '../../src/nlp/index.js';
import { type MinimizeSumSettings, minimizeSum } from '../../test/flat.js';
import { root } from '../shared/native.js';
import { Python } from '../shared/python.js';
import {
  describe,
  deviation,
  environment,
  mean,
  median,
  short,
  table,
  writeResults,
  writeSection,
} from '../shared/report.js';

const path = join(root, '..', 'shared', 'data', 'a9a.libsvm.gz');
const epochs = 8;
const seeds = [1, 2, 3, 4, 5];
const rates = { sgdm: [0.01, 0.03, 0.1, 0.3, 1], adam: [3e-4, 1e-3, 3e-3, 1e-2, 3e-2] };

interface Row {
  what: string;
  batch: number;
  /** Processor seconds of an epoch, median of five runs. */
  seconds: number;
}
interface Gaps {
  method: string;
  rate?: number;
  scaled: boolean;
  mean: number;
  deviation: number;
}

if (existsSync(path)) await main();
else console.log('a9a is not here (../shared/data).');

async function main(): Promise<void> {
  const { x, y } = await readLibsvm(path);
  const sparse = x as SparseMatrix;
  const ridge = 1 / sparse.rows;
  const uniform = uniforms(7);
  const scales = Array.from({ length: sparse.columns }, () => 10 ** (uniform() < 0.5 ? -3 : 3));
  const scaled: SparseMatrix = {
    ...sparse,
    values: sparse.values.map((value, k) => value * (scales[columnOf(sparse, k)] as number)),
  };
  const times: Row[] = [];
  const gaps: Gaps[] = [];
  const problem = logisticRegression({ x: sparse, y, ridge });
  const python = await Python.start('bench/smooth/pytorch.py');
  await python?.ask({ path, scales: scales.map(() => 1) });
  for (const batch of [64, 512]) {
    for (const [name, torch] of [
      ['sgdm', 'SGD'],
      ['adam', 'Adam'],
    ] as const) {
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let run = 0; run < 5; ++run) {
        const settings = { method: name, batchSize: batch, threads: 1, seed: run } as const;
        ours.push(await secondsOfEpoch(settings));
        if (!python) continue;
        const answer = await python.ask({
          method: torch,
          rate: name === 'sgdm' ? 0.1 : 1e-3,
          seed: run,
          batch,
          epochs: 1,
        });
        theirs.push(answer.secondsPerEpoch as number);
      }
      times.push({ what: `${name}, nonconvex`, batch, seconds: median(ours) });
      if (python) times.push({ what: `${torch}, PyTorch`, batch, seconds: median(theirs) });
    }
    const own: number[] = [];
    for (let run = 0; run < 5; ++run) own.push(await secondsOfEpoch({ batchSize: batch, threads: 1, seed: run }));
    times.push({ what: 'adog, nonconvex', batch, seconds: median(own) });
  }
  python?.end();
  for (const [isScaled, data] of [
    [false, sparse],
    [true, scaled],
  ] as const) {
    // The ridge is that of the units in which the columns are.
    const regression = logisticRegression({
      x: data,
      y,
      ridge: isScaled ? scales.map((scale) => ridge * scale ** 2) : ridge,
    });
    const { objective: least } = await minimize(regression, { tolerance: 1e-12 });
    const of = async (settings: MinimizeSumSettings): Promise<number[]> => {
      const found: number[] = [];
      for (const seed of seeds) {
        const { objective = Number.NaN } = await minimizeSum(regression, {
          batchSize: 128,
          maxEpochs: epochs,
          seed,
          ...settings,
        });
        found.push(objective - least);
      }
      return found;
    };
    const add = (method: string, found: number[], rate?: number): void => {
      gaps.push({
        method,
        ...(rate !== undefined && { rate }),
        scaled: isScaled,
        mean: mean(found),
        deviation: deviation(found),
      });
      console.error(`  ${isScaled ? 'scaled ' : ''}${method} ${rate ?? ''}: ${found.map(short).join(' ')}`);
    };
    for (const method of ['adog', 'dog'] as const) add(method, await of({ method }));
    for (const method of ['sgdm', 'adam'] as const) {
      for (const scaling of isScaled ? (['auto', 'none'] as const) : (['auto'] as const)) {
        const best = { rate: 0, found: [Number.POSITIVE_INFINITY] };
        for (const stepSize of rates[method]) {
          const found = await of({ method, stepSize, scaling });
          if (mean(found) < mean(best.found)) Object.assign(best, { rate: stepSize, found });
        }
        add(scaling === 'none' ? `${method}, scaling none` : method, best.found, best.rate);
      }
    }
  }
  write(times, gaps, python?.greeting.version as string | undefined);

  /** Processor seconds of an epoch: two runs of which one is nine epochs longer, so that reading the data does not count. */
  async function secondsOfEpoch(settings: MinimizeSumSettings): Promise<number> {
    const seconds: number[] = [];
    for (const maxEpochs of [1, 10]) {
      const before = process.cpuUsage();
      await minimizeSum(problem, { ...settings, maxEpochs, checkInterval: 1e6 });
      const { user, system } = process.cpuUsage(before);
      seconds.push((user + system) / 1e6);
    }
    return ((seconds[1] as number) - (seconds[0] as number)) / 9;
  }
}

function columnOf({ format, indices, offsets }: SparseMatrix, k: number): number {
  if (format === 'csr') return indices[k] as number;
  let low = 0;
  let high = offsets.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] as number) <= k) low = middle;
    else high = middle;
  }
  return low;
}

function write(times: Row[], gaps: Gaps[], torch: string | undefined): void {
  const about = environment();
  writeResults('smooth', { environment: about, torch, times, gaps });
  const text = [
    describe(about),
    `Processor milliseconds of an epoch of a9a (32,561 rows, 123 columns), one thread${torch ? `, PyTorch ${torch}` : ''}:`,
    table(
      ['method', 'batch', 'ms'],
      times.map(({ what, batch, seconds }) => [what, String(batch), short(1e3 * seconds)]),
      1,
    ),
    `Gap to the minimum after ${epochs} epochs of batches of 128, mean and standard deviation of ${seeds.length} seeds; methods with a step size have the best of five:`,
    table(
      ['method', 'step size', 'columns', 'gap', 'deviation'],
      gaps.map(({ method, rate, scaled, mean: m, deviation: d }) => [
        method,
        rate === undefined ? '' : String(rate),
        scaled ? 'times 10^(+-3)' : 'as they are',
        short(m),
        short(d),
      ]),
      3,
    ),
  ].join('\n\n');
  writeSection('bench/smooth/page.md', 'a9a', text);
}
