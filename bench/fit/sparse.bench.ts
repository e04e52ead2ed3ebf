// Least squares with sparse Jacobians: minimizeSquares beside minimize of the sum of squares and scipy's trf with lsmr, from the same
// starts, each in turn.
//
//   npm run bench -- fit/sparse             into bench/fit/page.md and bench/fit/sparse.results.json
//   npm run bench -- fit/sparse --small     the same problems with a twentieth of the rows, which prints alone
//
// Without scipy our own runs alone.
import { sumSquares } from '../../src/expressions/index.js';
import { minimizeSquares } from '../../src/fit/index.js';
import { minimize } from '../../src/index.js';
import { band, bandData, type SparseProblem, scene, sceneData } from '../../test/fit/sparse.js';
import { Python } from '../shared/python.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';

interface Run {
  problem: string;
  residuals: number;
  parameters: number;
  method: string;
  status: string;
  sum: number;
  iterations: number;
  seconds: number;
}

interface Problem {
  name: string;
  data: object;
  make(): SparseProblem;
}

const small = process.argv.includes('--small');
const [bands, scenes] = [
  bandData(small ? 250 : 5000, small ? 2500 : 50_000),
  sceneData(small ? 8 : 33, small ? 78 : 1600, small ? 5 : 16),
];
const problems: Problem[] = [
  { name: 'band', data: { ...bands, kind: 'band' }, make: () => band(bands) },
  {
    name: 'cameras and points',
    data: { ...scenes, kind: 'scene', start: Array.from(scenes.start), truth: undefined },
    make: () => scene(scenes),
  },
];

async function all(scipy: Python | undefined): Promise<Run[]> {
  const runs: Run[] = [];
  for (const { name, data, make } of problems) {
    const ours = await minimizeSquares(make());
    const sizes = { problem: name, residuals: ours.residuals.length, parameters: ours.x.length };
    const add = (method: string, run: Omit<Run, 'method' | keyof typeof sizes>) =>
      runs.push({ ...sizes, method, ...run });
    add('minimizeSquares', {
      ...{ status: ours.status, sum: ours.residualSumOfSquares as number },
      ...{ iterations: ours.iterations, seconds: ours.seconds },
    });
    const { model, residuals } = make();
    model.minimize(sumSquares(residuals));
    const others = await minimize(model);
    add('minimize', {
      ...{ status: others.status, sum: others.objective },
      ...{ iterations: others.iterations, seconds: others.seconds },
    });
    if (!scipy) continue;
    const found = (await scipy.ask(data)) as { success: boolean; sum: number; iterations: number; seconds: number };
    add('scipy trf, lsmr', { ...found, status: found.success ? 'success' : 'failure' });
  }
  return runs;
}

const scipy = await Python.start('bench/fit/scipy_sparse.py');
const runs = await all(scipy);
scipy?.end();
const head = ['problem', 'residuals', 'parameters', 'method', 'status', 'sum of squares', 'iterations', 's'];
const rows = runs.map((run) => [
  run.problem,
  String(run.residuals),
  String(run.parameters),
  run.method,
  run.status,
  run.sum.toPrecision(10),
  String(run.iterations),
  short(run.seconds),
]);
const text = table(head, rows);
console.log(text);
if (!small) {
  const e = environment();
  writeResults('fit/sparse', { environment: e, runs });
  writeSection(
    'bench/fit/page.md',
    'sparse',
    `${describe(e)}${scipy ? `, scipy ${scipy.greeting.version}` : ''}. Seconds of one solve each, one after the other. scipy has the pattern of the Jacobian, makes it of differences, and ends after 30 iterations at the latest.\n\n${text}`,
  );
}
