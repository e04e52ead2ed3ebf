// A network of 784, 128 and 10 neurons on 10,000 digits: an epoch's processor time beside PyTorch's, its whole gradient beside the
// products of matrices that it cannot do without, and two threads beside one.
//
//   npm run bench -- smooth/network              into bench/smooth/page.md: some minutes
//   npm run bench -- smooth/network --quick      without the products of matrices, whose program takes long to build
//
// Without PyTorch for /usr/bin/python3 its rows are left out. Two threads are timed by the clock, on a machine that is not otherwise busy.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type MinimizeSumSettings, minimizeSum } from '../../test/flat.js';
import { network, readDigits } from '../../test/smooth/digits.js';
import { buildPrograms, startProgram } from '../shared/native.js';
import { Python } from '../shared/python.js';
import { describe, environment, median, short, table, writeResults, writeSection } from '../shared/report.js';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean' } } });
const rounds = 3;
const model = network(readDigits('train'), [784, 128, 10]);
const python = await Python.start('bench/smooth/network.py');

interface Epoch {
  what: string;
  batch: number;
  /** Processor seconds, median of three rounds in turn. */
  seconds: number;
}
const epochs: Epoch[] = [];
for (const batch of [32, 128]) {
  const found = new Map<string, number[]>();
  const add = (what: string, seconds: number) => found.set(what, [...(found.get(what) ?? []), seconds]);
  for (let round = 0; round < rounds; ++round) {
    for (const [method, torch, rate] of [
      ['sgdm', 'SGD', 0.1],
      ['adam', 'Adam', 1e-3],
    ] as const) {
      // PyTorch's steps are in the units of the data.
      add(`${method}, nonconvex`, await secondsOf({ method, scaling: 'none', batchSize: batch, threads: 1 }, [1, 3]));
      if (!python) continue;
      const { secondsPerEpoch } = await python.ask({ method: torch, rate, batch, epochs: 1 });
      add(`${torch}, PyTorch`, secondsPerEpoch as number);
    }
    add('sgdm in units of columns', await secondsOf({ method: 'sgdm', batchSize: batch, threads: 1 }, [1, 3]));
    add('nothing set, nonconvex', await secondsOf({ batchSize: batch, threads: 1 }, [1, 3]));
  }
  for (const [what, seconds] of found) epochs.push({ what, batch, seconds: median(seconds) });
}
const whole = { method: 'normalized', precision: 'float32' } as const;
const gradient = { ours: [] as number[], torch: [] as number[], one: [] as number[], two: [] as number[] };
for (let round = 0; round < 5; ++round) {
  gradient.ours.push(await secondsOf({ ...whole, threads: 1 }, [2, 7]));
  if (python) gradient.torch.push((await python.ask({ gradients: 5 })).seconds as number);
  gradient.one.push(await secondsOf({ ...whole, threads: 1 }, [2, 12], true));
  gradient.two.push(await secondsOf({ ...whole, threads: 2 }, [2, 12], true));
}
python?.end();
const load = (loadavg()[0] as number).toFixed(1);
if (!options.quick) buildPrograms(['row_gradients']);
interface Products {
  type: string;
  batch: number;
  seconds: number;
  products: number;
  ratio: number;
}
const products = options.quick ? [] : await startProgram<Products>('row_gradients', [10_000, 1]);

const about = environment();
const least = (list: number[]) => Math.min(...list);
const speedUp = least(gradient.one) / least(gradient.two);
writeResults('smooth/network', {
  environment: about,
  torch: python?.greeting.version,
  epochs,
  gradient,
  products,
  load,
});
writeSection(
  'bench/smooth/page.md',
  'network',
  [
    describe(about),
    `Processor milliseconds of an epoch of 10,000 digits by a network 784-128-10, one thread${python ? `, PyTorch ${python.greeting.version}` : ''}; sgdm and adam as PyTorch's, without units of columns, where nothing else is said:`,
    table(
      ['method', 'batch', 'ms'],
      epochs.map(({ what, batch, seconds }) => [what, String(batch), short(1e3 * seconds)]),
      1,
    ),
    `Its gradient over all rows, single precision: ${short(1e3 * median(gradient.ours))} ms of a processor${
      python ? ` (PyTorch ${short(1e3 * median(gradient.torch))})` : ''
    }. By the clock, least of five: ${short(1e3 * least(gradient.one))} ms on one thread, ${short(1e3 * least(gradient.two))} on two, ${short(speedUp)} times as fast at a load of ${load} (${about.cores} cores).`,
    ...(products.length === 0
      ? []
      : [
          'Beside the products of matrices alone, one thread, bench/native/row_gradients.cpp:',
          table(
            ['numbers', 'batch', 'ms', 'products alone', 'ratio'],
            products.map(({ type, batch, seconds, products: floor, ratio }) => [
              type,
              String(batch),
              short(1e3 * seconds),
              short(1e3 * floor),
              short(ratio),
            ]),
            1,
          ),
        ]),
  ].join('\n\n'),
);

/** Seconds of an epoch: of two runs, one longer than the other, so that reading the data does not count. */
async function secondsOf(
  settings: MinimizeSumSettings,
  [few, more]: readonly [number, number],
  byClock = false,
): Promise<number> {
  const seconds: number[] = [];
  for (const maxEpochs of [few, more]) {
    const [cpu, clock] = [process.cpuUsage(), performance.now()];
    await minimizeSum(model, { ...settings, maxEpochs, checkInterval: 1e6 });
    const { user, system } = process.cpuUsage(cpu);
    seconds.push(byClock ? (performance.now() - clock) / 1e3 : (user + system) / 1e6);
  }
  return ((seconds[1] as number) - (seconds[0] as number)) / (more - few);
}
