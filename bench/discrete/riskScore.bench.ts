// Score cards of the examples of RiskSLIM's paper: objectives beside those of a complete search that shares nothing with the package,
// processor time of one thread beside what it may be, and the cards that rounding a logistic regression gives.
//
//   npm run bench -- discrete/riskScore            into bench/discrete/riskScore.md and bench/discrete/riskScore.results.json
//   npm run bench -- discrete/riskScore mammo      one table alone; nothing is written
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type RiskScoreResult, riskScore } from '../../src/discrete/index.js';
import { lasso, sparsePath, sparseRegression } from '../../src/sparse/index.js';
import { root } from '../shared/native.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';

const folder = join(process.env.NONCONVEX_SHARED ?? join(root, '..', 'shared'), 'problems', 'discrete', 'risk');
/** Seconds of one thread that a table may take, and the size of its cards. */
const marks: Record<string, number> = { mammo: 0.1, breastcancer: 3, adult: 3, mushroom: 40 };
const size = 5;
const repeats = 3;

interface Reference {
  data: string;
  maxSize: number;
  scale: 'free' | 1;
  largestScale: number;
  objective: number;
}

interface Table {
  x: number[][];
  y: number[];
  names: string[];
}

function read(name: string): Table {
  const plain = join(folder, `${name}.csv`);
  const text = existsSync(plain) ? readFileSync(plain, 'utf8') : gunzipSync(readFileSync(`${plain}.gz`)).toString();
  const [head = [], ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return {
    names: head.slice(1),
    y: rows.map(([label]) => Number(label)),
    x: rows.map((row) => row.slice(1).map(Number)),
  };
}

/** Processor seconds of a solve. */
async function timed<T>(solve: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const before = process.cpuUsage();
  const result = await solve();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: (user + system) / 1e6 };
}

/**
 * The card of a logistic regression on the columns that the lasso chooses first: coefficients divided so that the largest one is 5 points, and
 * rounded; scale and intercept are fitted to these points.
 */
async function rounded({ x, y, names }: Table, maxScale: number): Promise<RiskScoreResult> {
  const path = await sparsePath({ x, y }, { family: 'binomial', penalty: lasso() });
  let columns: number[] = [];
  for (let k = 0; k < path.lambda.length; ++k) {
    const chosen = Array.from(path.fit(k).support);
    if (chosen.length > size) break;
    columns = chosen;
  }
  const chosen = x.map((row) => columns.map((j) => row[j] as number));
  const fit = await sparseRegression({ x: chosen, y }, { family: 'binomial', penalty: lasso(), lambda: 1e-7 });
  const coefficients = Array.from(fit.coefficients);
  const largest = Math.max(...coefficients.map(Math.abs));
  const points = coefficients.map((value) => Math.round((5 * value) / largest));
  // A card with these points alone: riskScore fits scale and intercept.
  const kept = columns.map((_, k) => k).filter((k) => points[k] !== 0);
  const features = Object.fromEntries(
    kept.map((k) => [names[columns[k] as number] as string, { min: points[k], max: points[k], required: true }]),
  );
  const parts = x.map((row) => kept.map((k) => row[columns[k] as number] as number));
  return riskScore(
    { x: parts, y, names: kept.map((k) => names[columns[k] as number] as string) },
    { maxSize: Math.max(1, kept.length), features, maxScale },
  );
}

if (!existsSync(join(folder, 'reference.json'))) {
  console.log('skipped: the tables of ../shared/problems/discrete/risk are not there');
} else {
  await main(process.argv[2]);
}

async function main(only: string | undefined): Promise<void> {
  const references = (JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as Reference[]).filter(
    ({ data, maxSize }) => maxSize === size && (only === undefined || data === only),
  );
  const rows: string[][] = [];
  const results: object[] = [];
  for (const { data, scale, largestScale, objective } of references) {
    const problem = read(data);
    const settings = { maxSize: size, scale, threads: 1, ...(scale === 'free' && { maxScale: largestScale }) };
    const runs = [];
    for (let k = 0; k < repeats; ++k) runs.push(await timed(() => riskScore(problem, settings)));
    const [{ result }] = runs as [(typeof runs)[number]];
    const seconds = Math.min(...runs.map((run) => run.seconds));
    const off = (result.objective as number) - objective;
    const peer = scale === 'free' ? await rounded(problem, largestScale) : undefined;
    const mark = marks[data] as number;
    const reached = result.status === 'solved' && Math.abs(off) < 1e-7 && seconds <= mark;
    rows.push([
      ...[data, `${problem.x.length} x ${problem.names.length}`, String(scale), result.status],
      ...[(result.objective as number).toFixed(8), off.toExponential(1), short(seconds), String(mark)],
      ...[String(result.supports), reached ? 'yes' : 'no'],
      ...[peer ? (peer.objective as number).toFixed(6) : '', peer ? short(peer.calibrationError) : ''],
      short(result.calibrationError),
    ]);
    results.push({ data, scale, status: result.status, objective: result.objective, off, seconds, reached });
    console.log(rows.at(-1)?.join('  '));
  }
  const cut: string[][] = [];
  for (const { data, scale, largestScale, objective } of references.filter((each) => each.data === 'mushroom')) {
    const settings = { maxSize: size, scale, timeLimit: 1, ...(scale === 'free' && { maxScale: largestScale }) };
    const { status, objective: found = Number.NaN, certificate } = await riskScore(read(data), settings);
    const { lowerBound = Number.NaN } = certificate;
    cut.push([
      data,
      String(scale),
      status,
      short(lowerBound),
      objective.toFixed(8),
      found.toFixed(8),
      lowerBound <= objective ? 'yes' : 'no',
    ]);
  }
  const head = ['data', 'rows', 'scale', 'status', 'loss', 'beside the reference', 'CPU s', 'mark', 'sets', 'reached'];
  const whole = table([...head, 'loss of a rounded regression', 'its calibration error', 'ours'], rows);
  const ended = table(['data', 'scale', 'status', 'bound', 'least loss', 'loss', 'bound is valid'], cut);
  console.log(`\n${whole}\n\n${ended}`);
  if (only !== undefined) return;
  writeResults('discrete/riskScore', { environment: environment(), results });
  writeSection(
    'bench/discrete/riskScore.md',
    'cards',
    `${describe(environment())}

Cards of ${size} features with points from -5 to 5. The least processor time of ${repeats} solves on one thread. References are those of a complete search. The
rounded regression has the columns that the lasso chooses first, its largest coefficient made 5 points, and the best scale and intercept for these.

${whole}

A solve of one second:

${ended}`,
  );
}
