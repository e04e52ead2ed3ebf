// The selections of lasso, SCAD and MCP on a problem whose true columns are known, at both lambdas of a cross-validation and by criteria; and how
// long the cross-validation takes beside one path.
//
//   npm run bench -- sparse            into bench/sparse/page.md and bench/sparse/results.json, with a picture
//   npm run bench -- sparse --chart    draws the picture again, of what was measured last
//
// Without ../shared/problems/sparse (or what NONCONVEX_PROBLEMS says) there is nothing to do.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addon } from '../../src/core/addon.js';
import {
  crossValidate,
  lasso,
  mcp,
  type SparseFit,
  type SparsePenalty,
  scad,
  sparsePath,
} from '../../src/sparse/index.js';
import { isAvailable, type LargeProblem, largeProblem } from '../../test/problems/sparse.js';
import { root, withFolder } from '../shared/native.js';
import { startR } from '../shared/r.js';
import { describe, environment, median, short, table, writeResults, writeSection } from '../shared/report.js';
import { chartSelections } from './charts.js';

const folds = 5;
const rounds = 3;
const folder = process.env.NONCONVEX_PROBLEMS ? dirname(process.env.NONCONVEX_PROBLEMS) : join(root, '..', 'shared');

interface Selection {
  penalty: string;
  rule: string;
  nonzeros: number;
  right: number;
  wrong: number;
  /** Distance to the true coefficients over their length. */
  error: number;
}

interface Times {
  penalty: string;
  /** Seconds of a path of as many rows as a fold's, and of the cross-validation, path of all rows included. */
  fold: number;
  all: number;
  /** Processor seconds of the cross-validation. */
  processor: number;
}

if (process.argv.includes('--chart')) await chart();
else if (isAvailable(folder)) await main(await largeProblem('correlated', folder));
else console.log('The problems with known optima are not here (../shared/problems/sparse).');

async function main(problem: LargeProblem): Promise<void> {
  const selections: Selection[] = [];
  const times: Times[] = [];
  for (const [name, penalty] of [
    ['lasso', lasso()],
    ['SCAD', scad()],
    ['MCP', mcp()],
  ] as const) {
    console.error(`  ${name}`);
    const { x, y } = problem;
    const [all, fold, processor]: [number[], number[], number[]] = [[], [], []];
    let cv = await crossValidate({ x, y }, { penalty, folds, seed: 1 }); // untimed, as the caches are cold
    for (let round = 0; round < rounds; ++round) {
      fold.push(await secondsOfFold(problem, penalty));
      const [begin, used] = [performance.now(), process.cpuUsage()];
      cv = await crossValidate({ x, y }, { penalty, folds, seed: 1 });
      all.push((performance.now() - begin) / 1e3);
      const { user, system } = process.cpuUsage(used);
      processor.push((user + system) / 1e6);
    }
    times.push({ penalty: name, all: median(all), fold: median(fold), processor: median(processor) });
    const chosen: [string, SparseFit][] = [
      ['lambdaMin', cv.best('min')],
      ['lambda1se', cv.best('1se')],
      ['BIC', cv.select('bic')],
      ['EBIC', cv.select('ebic')],
    ];
    for (const [rule, fit] of chosen) selections.push({ penalty: name, rule, ...compared(fit, problem) });
  }
  const glmnet = await glmnetTimes(problem);
  const where = { ...environment(), ...(glmnet && { glmnet }) };
  const text = [
    `${describe(where)}`,
    '',
    'Which of the 30 true columns of `correlated` are found, and how many others.',
    '',
    table(
      ['penalty', 'chosen by', 'columns', 'true', 'false', 'error'],
      selections.map(({ penalty, rule, nonzeros, right, wrong, error }) => [
        ...[penalty, rule, String(nonzeros), String(right), String(wrong), short(error)],
      ]),
      2,
    ),
    '',
    `Seconds of ${folds}-fold cross-validation, beside a path without one of the folds on one thread, medians of ${rounds} in turn; the ratio is (all / fold) x threads / ${folds}.`,
    '',
    table(
      ['penalty', 'fold, s', 'all, s', 'ratio', 'processor, s'],
      [
        ...times.map(({ penalty, fold, all, processor }) => [
          ...[penalty, short(fold), short(all), short(((all / fold) * addon().threads()) / folds), short(processor)],
        ]),
        ...(glmnet ? [['lasso, cv.glmnet (one thread)', '', short(glmnet.seconds), '', short(glmnet.processor)]] : []),
      ],
    ),
  ].join('\n');
  console.log(text);
  writeSection('bench/sparse/page.md', 'sparse', text);
  writeResults('sparse', { ...where, selections, times });
  await chart();
}

/** Seconds of cv.glmnet with as many folds, by the clock and of the processor; undefined without an R that has it. */
async function glmnetTimes({ y, columns }: LargeProblem): Promise<{ seconds: number; processor: number } | undefined> {
  const glmnet = await startR('bench/sparse/glmnet.R');
  if (!glmnet) return undefined;
  return withFolder(async (path) => {
    const arrays = { X: columns.dense(), y, lambdas: new Float64Array(0) };
    for (const [name, array] of Object.entries(arrays)) {
      writeFileSync(join(path, `${name}.bin`), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    }
    await glmnet.ask({ path, rows: columns.rows, columns: columns.count, dense: true });
    const { seconds, processor } = await glmnet.ask({ path, folds });
    glmnet.end();
    return { seconds: Number(seconds), processor: Number(processor) };
  });
}

/** Draws what the results have. */
async function chart(): Promise<void> {
  const { selections, ...where } = JSON.parse(readFileSync(join(root, 'bench/sparse/results.json'), 'utf8'));
  await chartSelections(join(root, 'docs/images/sparse-selection.svg'), selections, {
    title: 'Columns selected of 10,000, of which 30 count',
    subtitle: `${folds}-fold cross-validation; ${where.date}`,
  });
}

/** Seconds of one path on the rows of four folds of five. */
async function secondsOfFold({ x, y }: LargeProblem, penalty: SparsePenalty): Promise<number> {
  const sampleWeight = y.map((_, i) => Number(i % folds !== 0));
  const begin = performance.now();
  await sparsePath({ x, y, sampleWeight }, { penalty, threads: 1 });
  return (performance.now() - begin) / 1e3;
}

function compared({ coefficients, support }: SparseFit, { beta }: LargeProblem): Omit<Selection, 'penalty' | 'rule'> {
  const truth = beta as Float64Array;
  const right = support.filter((j) => truth[j] !== 0).length;
  const squares = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
  const error = Math.sqrt(squares(coefficients.map((b, j) => b - (truth[j] as number))) / squares(truth));
  return { nonzeros: support.length, right, wrong: support.length - right, error };
}
