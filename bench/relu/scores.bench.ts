// Test scores without tuning, beside scikit-learn's methods with their defaults, on data that scikit-learn ships or makes, and others.
//
//   npm run bench -- relu/scores            some five minutes; rewrites a table of docs/relu-defaults.md and bench/relu/scores.results.json
//   npm run bench -- relu/scores wine       one data set; writes nothing
//   npm run bench -- relu/scores wine keep  one data set, instead of its row in both
//
// Data sets that are not here are skipped, with a line that says so: bench/relu/scores.py says where they come from.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReluClassifier, ReluRegressor } from '../../src/relu/index.js';
import { root } from '../shared/native.js';
import { Python } from '../shared/python.js';
import { describe, deviation, environment, mean, short, table, writeResults, writeSection } from '../shared/report.js';
import type { Split } from './split.js';

interface Run {
  score: number;
  seconds: number;
  /** Seconds of the processor, of all threads. */
  cpu: number;
}

type Answer = Split<Run>;

interface Row {
  name: string;
  runs: Record<string, Run[]>;
}

const splits = 5;
const others = ['linear', 'mlp', 'svm', 'boosting'];
const [only, keep] = process.argv.slice(2);
const python = await Python.start('bench/relu/scores.py');
if (!python) {
  console.error('skipped: no python3 with scikit-learn');
} else {
  const { version, names, absent, regressions } = python.greeting as {
    version: string;
    names: string[];
    absent: string[];
    regressions: string[];
  };
  for (const line of absent) console.error(`skipped: ${line}`);
  const rows: Row[] = [];
  for (const name of names.filter((name) => only === undefined || name === only)) {
    const row: Row = { name, runs: {} };
    for (let split = 0; split < splits; ++split) {
      const answer = (await python.ask({ name, split })) as unknown as Answer;
      const ours = await trained(answer, regressions.includes(name));
      for (const [method, run] of Object.entries({ ...answer.runs, ...ours })) {
        row.runs[method] = [...(row.runs[method] ?? []), run];
      }
    }
    console.error(lineOf(row).join('  '));
    rows.push(row);
  }
  python.end();
  if (keep === 'keep') {
    const results = readFileSync(join(root, 'bench', 'relu', 'scores.results.json'), 'utf8');
    const before = (JSON.parse(results) as { rows: Row[] }).rows;
    const [measured] = rows.splice(0);
    rows.push(...before.map((row) => (row.name === measured?.name ? measured : row)));
  }
  const where = environment();
  const ratios = rows.map((row) => cpuOf(row, 'nonconvex') / cpuOf(row, 'mlp')).sort((one, other) => one - other);
  const text = [
    `R^2 (${regressions.join(', ')}) or accuracy on 30 % of the rows that were held out: mean and standard error over ${splits} splits; the processor's seconds of training, ` +
      'the mean, in brackets. Nothing was tuned: scikit-learn ' +
      `${version}, defaults, on standardised columns and, MLP and SVR, standardised targets, one thread; "linear" is RidgeCV or logistic regression. ` +
      '"nonconvex" is `new ReluRegressor().fit(x, y)` or `new ReluClassifier()`, which train what `trainReluNetwork({ x, y })` does, two threads. ' +
      `It is within one standard error of the best of the others, or above, on ${count(rows, within)} of ${rows.length}, and more than one below the linear model on ${count(rows, belowLinear)}. ` +
      `Its time of the processor over that of the MLP: ${short(ratios[Math.floor(ratios.length / 2)] as number)} in the median, ${short(ratios.at(-1) as number)} at most. ${describe(where)}.`,
    table(['data', ...others, 'nonconvex'], rows.map(lineOf), 1),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (only === undefined || keep === 'keep') {
    writeResults('relu/scores', { environment: where, sklearn: version, rows });
    writeSection('docs/relu-defaults.md', 'reluScores', text);
  }
}

/** Labels are strings, so that a loss for values knows them. */
async function trained({ x, y, xTest, yTest }: Answer, values: boolean): Promise<Record<string, Run>> {
  const [targets, truth] = values ? [y, yTest] : [y.map(String), yTest.map(String)];
  const took = stopwatch();
  const estimator = await (values ? new ReluRegressor() : new ReluClassifier()).fit(x, targets);
  return { nonconvex: { ...took(), score: estimator.score(xTest, truth) } };
}

/** Seconds since, and those of the processor. */
function stopwatch(): () => Pick<Run, 'seconds' | 'cpu'> {
  const begin = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - begin) / 1000, cpu: (user + system) / 1e6 };
  };
}

function scores(row: Row, method: string): number[] {
  return (row.runs[method] ?? []).map(({ score }) => score);
}

function standardError(values: number[]): number {
  return deviation(values) / Math.sqrt(values.length);
}

/** Returns true if the score is at most a standard error below that of the best of `methods`. */
function isNear(row: Row, methods: string[]): boolean {
  const rivals = methods.map((method) => scores(row, method)).filter((values) => values.length > 0);
  const best = rivals.reduce((a, b) => (mean(b) > mean(a) ? b : a));
  return mean(scores(row, 'nonconvex')) >= mean(best) - standardError(best);
}

function within(row: Row): boolean {
  return isNear(row, others);
}

function belowLinear(row: Row): boolean {
  return !isNear(row, ['linear']);
}

function count(rows: Row[], holds: (row: Row) => boolean): number {
  return rows.filter((row) => holds(row)).length;
}

function cpuOf(row: Row, method: string): number {
  return mean((row.runs[method] ?? []).map(({ cpu }) => cpu));
}

function lineOf(row: Row): string[] {
  const cells = [...others, 'nonconvex'].map((method) => {
    const values = scores(row, method);
    if (values.length === 0) return '-';
    return `${mean(values).toFixed(3)} +- ${standardError(values).toFixed(3)} (${short(cpuOf(row, method))})`;
  });
  return [row.name, ...cells];
}
