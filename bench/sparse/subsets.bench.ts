// Best subsets of a size on planted problems: how long it takes until no other subset can be better, and which columns are found beside
// those of lasso, SCAD and MCP.
//
//   npm run bench -- sparse/subsets            into bench/sparse/page.md and bench/sparse/subsets.results.json, with a picture
//   npm run bench -- sparse/subsets --chart    draws the picture again, of what was measured last
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bestSubset,
  crossValidate,
  lasso,
  mcp,
  type SparseFit,
  scad,
  sparsePath,
  sparseRegression,
} from '../../src/sparse/index.js';
import { root } from '../shared/native.js';
import { normals } from '../shared/random.js';
import { describe, environment, mean, short, table, writeResults, writeSection } from '../shared/report.js';
import { chartSelections, type Selected } from './charts.js';

const draws = 5;
const folds = 5;
const mostNodes = 300;
const mostSearched = 20_000;

interface Setting {
  rows: number;
  columns: number;
  /** The correlation of a column with the one before it. */
  correlation: number;
  /** Variance of the signal over that of the noise. */
  ratio: number;
  ridge?: number;
  largest?: number;
  /** How many columns count, and the size that is asked for. */
  planted?: number;
  size?: number;
}

const settings: Setting[] = [
  { rows: 500, columns: 1000, correlation: 0, ratio: 5 },
  { rows: 500, columns: 1000, correlation: 0.5, ratio: 5 },
  { rows: 500, columns: 1000, correlation: 0.5, ratio: 1 },
  { rows: 500, columns: 1000, correlation: 0.5, ratio: 5, ridge: 0.02 },
  { rows: 500, columns: 1000, correlation: 0.5, ratio: 5, ridge: 0.02, largest: 2 },
  { rows: 500, columns: 2000, correlation: 0.5, ratio: 5 },
  { rows: 1000, columns: 3000, correlation: 0.5, ratio: 5 },
  { rows: 2000, columns: 500, correlation: 0.5, ratio: 1 },
];
const compared: Setting = { rows: 200, columns: 500, correlation: 0.5, ratio: 5 };

/** Normal columns, of which `planted` count with coefficients 1 and -1 in turn. */
function drawn({ rows, columns, correlation, ratio, planted = 10 }: Setting, seed: number) {
  const normal = normals(seed);
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; ++i) {
    let before = normal();
    for (let j = 0; j < columns; ++j) {
      before = j > 0 ? correlation * before + Math.sqrt(1 - correlation ** 2) * normal() : before;
      data[i * columns + j] = before;
    }
  }
  const truth = Array.from({ length: planted }, (_, k) => Math.floor(((k + 0.5) * columns) / planted));
  const signal = Float64Array.from({ length: rows }, (_, i) =>
    truth.reduce((sum, j, k) => sum + (k % 2 ? 1 : -1) * (data[i * columns + j] as number), 0),
  );
  const noise = Math.sqrt(signal.reduce((sum, value) => sum + value * value, 0) / rows / ratio);
  return { x: { data, rows, columns }, y: signal.map((value) => value + noise * normal()), truth };
}

interface Time extends Setting {
  /** Processor seconds of one thread for the one size, and for the path of all sizes up to it. */
  seconds: number;
  path: number;
  nodes: number;
  gap: number;
  /** The largest gap of the path. */
  worst: number;
  found: number;
}

/** Processor seconds of a solve, and what it gives. */
async function timed<T>(solve: () => Promise<T>): Promise<{ seconds: number; of: T }> {
  const begin = process.cpuUsage();
  const of = await solve();
  const { user, system } = process.cpuUsage(begin);
  return { seconds: (user + system) / 1e6, of };
}

async function timeOf(setting: Setting): Promise<Time> {
  const { x, y, truth } = drawn(setting, 1);
  const { ridge = 0, largest } = setting;
  const settings = { penalty: bestSubset({ ridge, largest, maxNodes: mostSearched }), threads: 1 };
  const one = await timed(() => sparseRegression({ x, y }, { ...settings, size: 10 }));
  const all = await timed(() => sparsePath({ x, y }, { ...settings, sizes: { max: 10 } }));
  const { certificate, support, nodes, gap } = one.of;
  if (nodes === undefined || gap === undefined) throw new Error(certificate.kind);
  const found = support.filter((j) => truth.includes(j)).length;
  const worst = Math.max(...all.of.gap);
  return { ...setting, seconds: one.seconds, path: all.seconds, nodes, gap, worst, found };
}

/** True and false columns by each penalty and rule, means over the draws. */
async function selections(): Promise<Selected[]> {
  const counts = new Map<string, { penalty: string; rule: string; right: number[]; wrong: number[] }>();
  for (let draw = 0; draw < draws; ++draw) {
    const { x, y, truth } = drawn(compared, 10 + draw);
    const add = (penalty: string, rule: string, { support }: SparseFit) => {
      const key = `${penalty} ${rule}`;
      const at = counts.get(key) ?? { penalty, rule, right: [], wrong: [] };
      const right = support.filter((j) => truth.includes(j)).length;
      at.right.push(right);
      at.wrong.push(support.length - right);
      counts.set(key, at);
    };
    for (const [name, penalty] of [
      ['lasso', lasso()],
      ['SCAD', scad()],
      ['MCP', mcp()],
      ['best subset', bestSubset({ maxNodes: mostNodes })],
    ] as const) {
      const bySize = name === 'best subset';
      const settings = { penalty, folds, seed: 1, ...(bySize && { sizes: { max: 12 } }) };
      const cv = await crossValidate({ x, y }, settings);
      add(name, 'minimum', cv.best('min'));
      add(name, 'one standard error', cv.best('1se'));
      add(name, 'EBIC', cv.select('ebic'));
    }
    console.error(`  draw ${draw + 1} of ${draws}`);
  }
  return [...counts.values()].map((each) => ({ ...each, right: mean(each.right), wrong: mean(each.wrong) }));
}

async function chart(): Promise<void> {
  const { selections: selected, date } = JSON.parse(
    readFileSync(join(root, 'bench/sparse/subsets.results.json'), 'utf8'),
  );
  await chartSelections(join(root, 'docs/images/sparse-subsets.svg'), selected, {
    title: `Columns selected of ${compared.columns}, of which 10 count, means of draws`,
    subtitle: `${compared.rows} rows, ${draws} draws, ${folds}-fold cross-validation; ${date}`,
  });
}

async function main(): Promise<void> {
  const times: Time[] = [];
  for (const setting of settings) {
    console.error(`  ${setting.rows} x ${setting.columns}`);
    times.push(await timeOf(setting));
  }
  const selected = await selections();
  const where = environment();
  const text = [
    describe(where),
    '',
    'The best subset of ten columns, ten of which count with coefficients 1 and -1 in turn; noise by the ratio of the variances of signal and',
    'noise; columns correlated with the one before. Processor seconds of one thread until the gap is 1e-6, and for all sizes from 0 to 10',
    `in turn, each with at most ${mostSearched} nodes. Without a ridge and with more columns than rows the bound is of coefficients up to`,
    '1.5 times the largest that was found.',
    '',
    table(
      [
        'rows',
        'columns',
        'correlation',
        'ratio',
        'ridge',
        'largest',
        'seconds',
        'nodes',
        'gap',
        'true',
        'sizes 0-10, s',
        'their gap',
      ],
      times.map((each) => [
        ...[String(each.rows), String(each.columns), String(each.correlation), String(each.ratio)],
        ...[String(each.ridge ?? 0), each.largest === undefined ? '' : String(each.largest)],
        ...[short(each.seconds), String(each.nodes), short(each.gap), String(each.found)],
        ...[short(each.path), short(each.worst)],
      ]),
    ),
    '',
    `Which of ten columns are found of ${compared.columns} by ${compared.rows} rows (correlation ${compared.correlation}, ratio ${compared.ratio}), and how many others: means over`,
    `${draws} draws. Best subsets of sizes 0 to 12 with at most ${mostNodes} nodes for each path, so that gaps of sizes above 10 are open.`,
    '',
    table(
      ['penalty', 'chosen by', 'true', 'false'],
      selected.map(({ penalty, rule, right, wrong }) => [penalty, rule, right.toFixed(1), wrong.toFixed(1)]),
      2,
    ),
  ].join('\n');
  console.log(text);
  writeSection('bench/sparse/page.md', 'subsets', text);
  writeResults('sparse/subsets', { ...where, times, selections: selected });
  await chart();
}

if (process.argv.includes('--chart')) await chart();
else await main();
