// The default with nothing set beside Adam and momentum with the best of five step sizes, on sums of many kinds and on 10,000 digits.
//
//   npm run bench -- smooth/untuned             all, into bench/smooth/page.md: some three minutes of a processor
//   npm run bench -- smooth/untuned --digits    the digits alone
//   npm run bench -- smooth/untuned --kinds     the kinds alone; with a word after it those whose names have it, and nothing is written
import { parseArgs } from 'node:util';
import { minimize } from '../../src/nlp/index.js';
import { type MinimizeSumSettings, minimizeSum } from '../../test/flat.js';
import { accuracy, network, readDigits } from '../../test/smooth/digits.js';
import { describe, deviation, environment, mean, short, table, writeResults, writeSection } from '../shared/report.js';
import { cases } from './problems.js';

const { values: options, positionals } = parseArgs({
  options: { kinds: { type: 'boolean' }, digits: { type: 'boolean' }, methods: { type: 'string' } },
  allowPositionals: true,
});
const seeds = [1, 2, 3, 4, 5];
const rates = { sgdm: [0.001, 0.01, 0.03, 0.1, 0.3], adam: [3e-4, 1e-3, 3e-3, 1e-2, 3e-2] };

/** The mean over seeds of the best of five rates; what does not end well counts as infinite. */
async function bestOf(
  method: 'sgdm' | 'adam',
  run: (settings: MinimizeSumSettings) => Promise<number>,
  tried: readonly number[],
): Promise<{ rate: number; values: number[] }> {
  let best = { rate: Number.NaN, values: [Number.POSITIVE_INFINITY] };
  for (const stepSize of rates[method]) {
    const values: number[] = [];
    for (const seed of tried) values.push(await run({ method, stepSize, seed }));
    if (mean(values) < mean(best.values)) best = { rate: stepSize, values };
  }
  return best;
}

const kinds: string[][] = [];
for (const make of options.digits ? [] : cases) {
  const { name, problem, batchSize, convex, epochs = 20 } = make();
  if (positionals.length > 0 && !positionals.some((word) => name.includes(word))) continue;
  const least = convex ? (await minimize(problem as never, { tolerance: 1e-10 })).objective : 0;
  let taken = '';
  const run = async (settings: MinimizeSumSettings): Promise<number> => {
    const { objective, status, method } = await minimizeSum(problem, { batchSize, maxEpochs: epochs, ...settings });
    if (settings.method === undefined) taken = method;
    return status === 'diverged' || objective === undefined ? Number.POSITIVE_INFINITY : objective - least;
  };
  const tried = seeds.slice(0, 3);
  const of = async (settings: MinimizeSumSettings): Promise<number[]> => {
    const found: number[] = [];
    for (const seed of tried) found.push(await run({ ...settings, seed }));
    return found;
  };
  const start = await run({ maxEpochs: 0, method: 'adog' });
  const [own, sgdm, adam] = [await of({}), await bestOf('sgdm', run, tried), await bestOf('adam', run, tried)];
  const more: string[] = [];
  for (const method of options.methods?.split(',') ?? [])
    more.push(`${method} ${short(mean(await of({ method } as never)))}`);
  kinds.push([
    name,
    short(start),
    short(mean(own)),
    taken,
    short(mean(sgdm.values)),
    String(sgdm.rate),
    short(mean(adam.values)),
    String(adam.rate),
  ]);
  console.error(`  ${kinds.at(-1)?.join(' | ')} ${more.join(' ')}`);
}
const about = environment();
if (positionals.length > 0) process.exit(0);
if (!options.digits) {
  writeResults('smooth/kinds', { environment: about, kinds });
  writeSection(
    'bench/smooth/page.md',
    'kinds',
    [
      describe(about),
      'Sums of many kinds, the mean of three seeds: gaps to the minimum of convex ones, losses of the others. Without a setting but the batch and the epochs; momentum and Adam with the best of five step sizes for each:',
      table(['sum', 'at the start', 'nothing set', 'method', 'sgdm', 'step size', 'adam', 'step size'], kinds, 1),
    ].join('\n\n'),
  );
}
if (options.kinds) process.exit(0);

const [train, test] = [readDigits('train'), readDigits('t10k')];
const digits = network(train, [784, 128, 10]);
interface Trained {
  method: string;
  rate?: number;
  loss: number[];
  right: number[];
  /** After ten epochs of batches of 32. */
  small: number[];
  smallRight: number[];
}
const trained: Trained[] = [];
async function train5(method: string, settings: MinimizeSumSettings, rate?: number): Promise<void> {
  const found: Trained = {
    method,
    ...(rate !== undefined && { rate }),
    loss: [],
    right: [],
    small: [],
    smallRight: [],
  };
  for (const seed of seeds) {
    const shared = { batchSize: 128, seed, ...settings };
    found.loss.push((await minimizeSum(digits, { ...shared, maxEpochs: 15 })).objective ?? Number.POSITIVE_INFINITY);
    found.right.push(await accuracy(digits, (await minimizeSum(digits, { ...shared, maxEpochs: 20 })).x, test));
    const { objective, x } = await minimizeSum(digits, { ...settings, batchSize: 32, seed, maxEpochs: 10 });
    found.small.push(objective ?? Number.POSITIVE_INFINITY);
    found.smallRight.push(await accuracy(digits, x, test));
  }
  trained.push(found);
  console.error(
    `  ${method}: ${found.loss.map(short).join(' ')}; ${found.right.map((share) => (100 * share).toFixed(2)).join(' ')}`,
  );
}
await train5('nothing set', {});
await train5('adog', { method: 'adog' });
for (const method of ['sgdm', 'adam'] as const) {
  const lossOf = async (settings: MinimizeSumSettings) =>
    (await minimizeSum(digits, { batchSize: 128, maxEpochs: 15, ...settings })).objective ?? Number.POSITIVE_INFINITY;
  const { rate } = await bestOf(method, lossOf, [1]);
  await train5(method, { method, stepSize: rate }, rate);
}

writeResults('smooth/untuned', { environment: about, trained });
const percent = (shares: number[]) => `${(100 * mean(shares)).toFixed(2)} +- ${(100 * deviation(shares)).toFixed(2)} %`;
writeSection(
  'bench/smooth/page.md',
  'untuned',
  [
    describe(about),
    `A network 784-128-10 on 10,000 digits, batches of 128: mean loss of all after 15 epochs, and the share of 10,000 other digits that are recognised after 20, mean and standard deviation of ${seeds.length} seeds, which draw starts and batches; and loss and share after 10 epochs of batches of 32. Adam and momentum have the step size of five whose loss is least with batches of 128:`,
    table(
      ['method', 'step size', 'loss', 'deviation', 'other digits', 'batches of 32: loss', 'other digits'],
      trained.map(({ method, rate, loss, right, small, smallRight }) => [
        method,
        rate === undefined ? '' : String(rate),
        short(mean(loss)),
        short(deviation(loss)),
        percent(right),
        short(mean(small)),
        percent(smallRight),
      ]),
      1,
    ),
  ].join('\n\n'),
);
