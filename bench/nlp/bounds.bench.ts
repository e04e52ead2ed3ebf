// The picture of objectives and bounds that meet over time, on four of the given problems with known global minima.
//
//   npm run bench -- nlp/bounds            writes docs/images/nlp-bounds.svg and bench/nlp/bounds.results.json
//   npm run bench -- nlp/bounds NAME ...   prints the course of these problems, and writes nothing
import { join } from 'node:path';
import { minimizeGlobally } from '../../src/nlp/index.js';
import { available, type GlobalProblem, globalProblems } from '../../test/nlp/globalProblems.js';
import { root } from '../shared/native.js';
import { describe, environment, writeResults } from '../shared/report.js';
import { type BoundsRun, chartBounds } from './charts.js';

/** The problems of the picture: a concave quadratic, a phase equilibrium, a design with powers, and one with integers. */
const shown = ['ex2_1_7', 'ex6_1_1', 'ex7_2_4', 'nvs09'];

async function run({ name, model, best }: GlobalProblem): Promise<BoundsRun> {
  const { status, nodes, history } = await minimizeGlobally(model, { gap: 1e-4, timeLimit: 60, threads: 1 });
  const rows = history.map(({ seconds, nodes: boxes = 0, objective, bound }) => ({ seconds, boxes, objective, bound }));
  return { name, status, boxes: nodes, best, rows };
}

async function main(): Promise<void> {
  if (!available) return;
  const words = process.argv.slice(2);
  const problems = (['continuous', 'integer', 'boxqp'] as const).flatMap(globalProblems);
  const runs: BoundsRun[] = [];
  for (const name of words.length > 0 ? words : shown) {
    const problem = problems.find((each) => each.name === name);
    if (!problem) throw new Error(`there is no problem ${name}`);
    runs.push(await run(problem));
  }
  for (const { name, status, boxes, best, rows } of runs) {
    const { seconds, objective, bound } = rows.at(-1) as BoundsRun['rows'][number];
    console.log(
      `${name}: ${status} after ${boxes} boxes, ${seconds} s, ${objective} above ${bound}, best known ${best}`,
    );
    if (words.length > 0) for (const row of rows) console.log(row.seconds, row.boxes, row.objective, row.bound);
  }
  if (words.length > 0) return;
  const where = environment();
  console.log(describe(where));
  writeResults('nlp/bounds', { environment: where, runs });
  await chartBounds(join(root, 'docs/images/nlp-bounds.svg'), runs, where);
}

await main();
