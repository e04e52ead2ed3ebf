// The chained Rosenbrock function of many variables: what a step of a large sparse problem costs, beside scipy's L-BFGS-B, ensmallen's L-BFGS
// where Debian's libensmallen-dev is, and beside an older checkout of this package.
//
//   npm run bench -- nlp/rosenbrock                      n = 10,000, three rounds in turn: some minutes, into bench/nlp/page.md
//   npm run bench -- nlp/rosenbrock --before CHECKOUT    with a built checkout, of which 2,000 steps are timed in each round
//   npm run bench -- nlp/rosenbrock --quick              n = 1,000, one round, writes nothing
//
// Seconds are those of the processor, of one thread.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type * as Package from '../../src/index.js';
import { root } from '../shared/native.js';
import { Python } from '../shared/python.js';
import { describe, environment, median, short, table, writeResults, writeSection } from '../shared/report.js';

const { values: options } = parseArgs({ options: { before: { type: 'string' }, quick: { type: 'boolean' } } });
const n = options.quick ? 1000 : 10_000;
const rounds = options.quick ? 1 : 3;

interface Run {
  steps: number;
  evaluations: number;
  objective: number;
  seconds: number;
}

type Library = typeof Package;

/** sum 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2 from -1.2, 1, -1.2, 1, ... */
function chain({ Model, model: { add, mul, slice, square, sub, sum } }: Library) {
  const model = new Model();
  const x = model.variable(n, { start: Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1)) });
  const [first, next] = [slice(x, 0, n - 1), slice(x, 1, n)];
  model.minimize(add(mul(100, sum(square(sub(next, square(first))))), sum(square(sub(1, first)))));
  return model;
}

async function timed(library: Library, maxIterations: number, method: 'auto' | 'lbfgs' = 'auto'): Promise<Run> {
  const model = chain(library);
  const before = process.cpuUsage();
  const { iterations, objective, counts } = await library.minimize(model, { threads: 1, maxIterations, method });
  const { user, system } = process.cpuUsage(before);
  return { steps: iterations, evaluations: counts.objective, objective, seconds: (user + system) / 1e6 };
}

const load = (checkout: string): Promise<Library> =>
  import(pathToFileURL(join(resolve(checkout), 'dist/esm/index.js')).href) as Promise<Library>;

const ours = await load(root);
const older = options.before === undefined ? undefined : await load(options.before);
const scipy = await Python.start('bench/nlp/rosenbrock.py');
const ensmallen = buildEnsmallen();
const runs: Record<'nonconvex' | "nonconvex, 'lbfgs'" | 'nonconvex, older' | 'L-BFGS-B' | 'ensmallen', Run[]> = {
  nonconvex: [],
  "nonconvex, 'lbfgs'": [],
  'nonconvex, older': [],
  'L-BFGS-B': [],
  ensmallen: [],
};
for (let round = 0; round < rounds; ++round) {
  console.error(`  round ${round + 1} of ${rounds}`);
  runs.nonconvex.push(await timed(ours, 1e6));
  runs["nonconvex, 'lbfgs'"].push(await timed(ours, 1e6, 'lbfgs'));
  if (older) runs['nonconvex, older'].push(await timed(older, 2000));
  if (scipy) runs['L-BFGS-B'].push((await scipy.ask({ n })) as unknown as Run);
  if (ensmallen) runs.ensmallen.push(ensmallen());
}
scipy?.end();

/** Compiles ensmallen.cpp; undefined where the library is not there. */
function buildEnsmallen(): (() => Run) | undefined {
  if (!existsSync('/usr/include/ensmallen.hpp')) return undefined;
  const program = join(root, 'build-bench', 'ensmallen');
  const source = join(root, 'bench/nlp/ensmallen.cpp');
  execFileSync('c++', ['-O3', '-DNDEBUG', '-std=c++17', source, '-o', program, '-larmadillo']);
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
  // It tells no steps: an evaluation each, or nearly.
  return () => {
    const found = JSON.parse(execFileSync(program, [String(n)], { encoding: 'utf8', env })) as Omit<Run, 'steps'>;
    return { steps: found.evaluations, ...found };
  };
}

const perStep = (list: Run[]) => median(list.map(({ seconds, steps }) => seconds / steps));
const rows = Object.entries(runs)
  .filter(([, list]) => list.length > 0)
  .map(([name, list]) => {
    const { steps, evaluations, objective } = list[0] as Run;
    return [
      name,
      String(steps),
      String(evaluations),
      short(1e3 * perStep(list)),
      short(median(list.map(({ seconds }) => seconds))),
      short(perStep(list) / perStep(runs.nonconvex)),
      objective.toPrecision(8),
    ];
  });
const text = [
  `Chained Rosenbrock, n = ${n}: processor seconds of one thread, medians of ${rounds} rounds in turn. ${describe(environment())}${
    scipy ? `, scipy ${scipy.greeting.version}` : ''
  }.`,
  table(['method', 'steps', 'values of f', 'ms a step', 'seconds', 'step / ours', 'objective'], rows),
].join('\n\n');
console.log(text);
if (!options.quick && scipy) {
  writeResults('nlp/rosenbrock', { environment: environment(), n, runs });
  writeSection('bench/nlp/page.md', 'rosenbrock', text);
}
