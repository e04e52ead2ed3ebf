// How often intervals of debiased lassos have the true coefficient in them, over problems drawn anew.
//
//   npm run bench -- sparse/intervals [draws]    into bench/sparse/page.md and bench/sparse/intervals.results.json
import { debiasedIntervals } from '../../src/sparse/index.js';
import { normals, uniforms } from '../shared/random.js';
import { describe, environment, mean, short, table, writeResults, writeSection } from '../shared/report.js';

const draws = Number(process.argv[2] ?? 200);
const level = 0.95;

interface Setting {
  family: 'gaussian' | 'binomial';
  rows: number;
  columns: number;
  /** The correlation of a column with the one before it. */
  correlation: number;
}

/** Places and sizes of the coefficients that are not 0. */
const truth = new Map([
  [10, 1],
  [40, -1],
  [70, 0.5],
]);
/** Columns that are looked at: those, neighbours of theirs, and some that have nothing to do with them. */
const watched = [10, 40, 70, 11, 39, 0, 25, 90];

const settings: Setting[] = [
  { family: 'gaussian', rows: 100, columns: 200, correlation: 0 },
  { family: 'gaussian', rows: 100, columns: 200, correlation: 0.5 },
  { family: 'gaussian', rows: 200, columns: 400, correlation: 0.8 },
  { family: 'binomial', rows: 300, columns: 100, correlation: 0.5 },
];

function drawn({ family, rows, columns, correlation }: Setting, seed: number) {
  const [normal, uniform] = [normals(seed), uniforms(seed + 1)];
  const data = new Float64Array(rows * columns);
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; ++i) {
    let [before, t] = [normal(), 0];
    for (let j = 0; j < columns; ++j) {
      before = correlation * before + Math.sqrt(1 - correlation ** 2) * normal();
      data[i * columns + j] = before;
      t += (truth.get(j) ?? 0) * before;
    }
    y[i] = family === 'gaussian' ? t + normal() : Number(uniform() < 1 / (1 + Math.exp(-t)));
  }
  return { x: { data, rows, columns }, y };
}

interface Found {
  covered: boolean;
  /** Errors of the estimate, and of the lasso. */
  error: number;
  lasso: number;
  length: number;
}

async function measure(setting: Setting): Promise<{ of: Found[]; others: Found[] }> {
  const [of, others]: [Found[], Found[]] = [[], []];
  for (let seed = 1; seed <= draws; ++seed) {
    const { family } = setting;
    const found = await debiasedIntervals(drawn(setting, 7919 * seed), { family, columns: watched, level, seed });
    watched.forEach((column, k) => {
      const [b, low, high] = [truth.get(column) ?? 0, found.lower[k] as number, found.upper[k] as number];
      (truth.has(column) ? of : others).push({
        ...{ covered: low <= b && b <= high, length: high - low, error: (found.estimates[k] as number) - b },
        lasso: (found.fit.coefficients[column] as number) - b,
      });
    });
  }
  return { of, others };
}

const share = (found: readonly Found[]): number => mean(found.map(({ covered }) => Number(covered)));
const rows: string[][] = [];
const results: object[] = [];
for (const setting of settings) {
  const { family, rows: n, columns: p, correlation } = setting;
  const { of, others } = await measure(setting);
  const size = ({ error, lasso }: Found, which: 'error' | 'lasso'): number =>
    Math.abs(which === 'error' ? error : lasso);
  const row = {
    ...{
      ...setting,
      draws,
      covered: share(of),
      coveredOthers: share(others),
      length: mean(of.map((each) => each.length)),
    },
    ...{ error: mean(of.map((each) => size(each, 'error'))), lasso: mean(of.map((each) => size(each, 'lasso'))) },
  };
  results.push(row);
  console.error(`  ${JSON.stringify(row)}`);
  rows.push([
    ...[family, String(n), String(p), String(correlation), `${(100 * row.covered).toFixed(1)} %`],
    ...[`${(100 * row.coveredOthers).toFixed(1)} %`, short(row.length), short(row.error), short(row.lasso)],
  ]);
}
const where = environment();
const text = [
  describe(where),
  '',
  `Coverage of ${100 * level} % intervals over ${draws} draws each: of the three coefficients that are not 0 (1, -1, 0.5), and of five that are,`,
  'two of them of neighbours. Columns are normal, each correlated with the one before it; noise has variance 1. A share of so many draws',
  `has a standard error of ${short((100 * Math.sqrt(level * (1 - level))) / Math.sqrt(3 * draws))} and ${short((100 * Math.sqrt(level * (1 - level))) / Math.sqrt(5 * draws))} % where draws are alike. Errors are mean sizes for the three.`,
  '',
  table(
    ['family', 'rows', 'columns', 'correlation', 'of the three', 'of zeros', 'length', 'error', 'lasso error'],
    rows,
  ),
].join('\n');
console.log(text);
writeSection('bench/sparse/page.md', 'intervals', text);
writeResults('sparse/intervals', { ...where, level, draws, results });
