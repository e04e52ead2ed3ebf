// Test scores and processor time of networks whose weight is left open, by the patterns that are asked for: one local descent (the default), refinement, sampled patterns.
//
//   npm run bench -- relu/roads                     some ten minutes; rewrites a table of docs/relu-lambda.md and bench/relu/roads.results.json
//   npm run bench -- relu/roads digits              one data set; writes nothing
//   npm run bench -- relu/roads digits refine       one road of it
//
// The data sets and their splits are those of bench/relu/scores.py.
import { type ReluSettings, score, trainReluNetwork } from '../../src/relu/index.js';
import { Python } from '../shared/python.js';
import { describe, deviation, environment, mean, short, table, writeResults, writeSection } from '../shared/report.js';
import type { Split } from './split.js';

interface Run {
  score: number;
  /** Seconds of the processor, of all threads. */
  cpu: number;
  /** The weight over lambdaMax. */
  share?: number;
}

type Answer = Split<Run>;

const splits = 5;
const roads: Record<string, ReluSettings> = {
  'no settings': {},
  "patterns: 'refine'": { patterns: 'refine' },
  "lambda: 'crossValidated'": { lambda: 'crossValidated' },
};
const columns = ['mlp', ...Object.keys(roads)];
const sets = ['digits', 'wine', 'breast cancer', 'diabetes'];
const [only, road = ''] = process.argv.slice(2);
const python = await Python.start('bench/relu/scores.py');
if (!python) {
  console.error('skipped: no python3 with scikit-learn');
} else {
  const { version, regressions } = python.greeting as { version: string; regressions: string[] };
  const rows: { name: string; runs: Record<string, Run[]> }[] = [];
  for (const name of sets.filter((name) => only === undefined || name === only)) {
    const runs: Record<string, Run[]> = {};
    for (let split = 0; split < splits; ++split) {
      const answer = (await python.ask({ name, split, methods: ['mlp'] })) as unknown as Answer;
      const ours = await trained(answer, regressions.includes(name));
      for (const [method, run] of Object.entries({ ...answer.runs, ...ours })) {
        runs[method] = [...(runs[method] ?? []), run];
        console.error([name, split, method, run.score.toFixed(4), short(run.cpu), short(run.share ?? 0)].join('  '));
      }
    }
    rows.push({ name, runs });
  }
  python.end();
  const where = environment();
  const text = [
    `R^2 (diabetes) or accuracy on 30 % of the rows that were held out: mean and standard error over ${splits} splits, and in brackets the processor's seconds of training, of all threads, the mean. ` +
      `"mlp" is that of scikit-learn ${version} with its defaults, one thread. ${describe(where)}.`,
    table(
      ['data', ...columns],
      rows.map(({ name, runs }) => [name, ...columns.map((method) => cellOf(runs[method] ?? []))]),
      1,
    ),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (only === undefined) {
    writeResults('relu/roads', { environment: where, sklearn: version, rows });
    writeSection('docs/relu-lambda.md', 'reluRoads', text);
  }
}

/** Labels are strings, so that a loss for values knows them. */
async function trained({ x, y, xTest, yTest }: Answer, values: boolean): Promise<Record<string, Run>> {
  const [targets, truth] = values ? [y, yTest] : [y.map(String), yTest.map(String)];
  const runs: Record<string, Run> = {};
  for (const [name, settings] of Object.entries(roads).filter(([name]) => name.includes(road))) {
    const before = process.cpuUsage();
    const { network, lambda, lambdaMax = Number.NaN } = await trainReluNetwork({ x, y: targets }, settings);
    const { user, system } = process.cpuUsage(before);
    runs[name] = { score: score(network, xTest, truth), cpu: (user + system) / 1e6, share: lambda / lambdaMax };
  }
  return runs;
}

function cellOf(runs: Run[]): string {
  if (runs.length === 0) return '-';
  const scores = runs.map(({ score }) => score);
  const error = deviation(scores) / Math.sqrt(scores.length);
  return `${mean(scores).toFixed(3)} +- ${error.toFixed(3)} (${short(mean(runs.map(({ cpu }) => cpu)))})`;
}
