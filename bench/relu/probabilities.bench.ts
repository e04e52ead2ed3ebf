// Probabilities of classes without tuning, beside those of scikit-learn's methods with their defaults: log loss and expected calibration error.
//
//   npm run bench -- relu/probabilities         some two minutes; rewrites a table of docs/relu-probabilities.md and bench/relu/probabilities.results.json
//   npm run bench -- relu/probabilities wine    one data set; writes nothing
//
// Data sets that are not here are skipped: bench/relu/scores.py says where they come from.
import { ReluClassifier } from '../../src/relu/index.js';
import { Python } from '../shared/python.js';
import { describe, deviation, environment, mean, table, writeResults, writeSection } from '../shared/report.js';

interface Answer {
  x: number[][];
  y: number[];
  xTest: number[][];
  yTest: number[];
  runs: Record<string, { cpu: number; probabilities: number[][] }>;
}

/** How probabilities of rows do whose classes are known. */
interface Run {
  logLoss: number;
  calibrationError: number;
  score: number;
  /** The processor's seconds of training, of all threads. */
  cpu: number;
}

interface Row {
  name: string;
  runs: Record<string, Run[]>;
}

const splits = 5;
const bins = 10;
const methods = ['linear', 'mlp', 'svm', 'nonconvex', 'logistic'];
const [only] = process.argv.slice(2);
const python = await Python.start('bench/relu/probabilities.py');
if (!python) {
  console.error('skipped: no python3 with scikit-learn');
} else {
  const { version, names, absent } = python.greeting as { version: string; names: string[]; absent: string[] };
  for (const line of absent) console.error(`skipped: ${line}`);
  const rows: Row[] = [];
  for (const name of names.filter((name) => only === undefined || name === only)) {
    const row: Row = { name, runs: {} };
    for (let split = 0; split < splits; ++split) {
      const answer = (await python.ask({ name, split })) as unknown as Answer;
      for (const [method, run] of Object.entries({ ...othersOf(answer), ...(await oursOf(answer)) })) {
        row.runs[method] = [...(row.runs[method] ?? []), run];
      }
    }
    console.error(lineOf(row).join('  '));
    rows.push(row);
  }
  python.end();
  const where = environment();
  const text = [
    `Log loss, and expected calibration error (of ${bins} bins of the largest probability, the share of rows that are right less its mean, by their size) on 30 % of the rows that were held out: ` +
      `mean and, of the log loss, standard error over ${splits} splits. Nothing was tuned: scikit-learn ${version}, defaults, on standardised columns; "linear" is logistic regression, ` +
      '"svm" is SVC with `probability=True`. "nonconvex" is `new ReluClassifier().fit(x, y)` and "logistic" the same with `loss: \'logistic\'`; their log loss is at most ' +
      `a standard error above the least of the others on ${count(rows, 'nonconvex')} and ${count(rows, 'logistic')} of ${rows.length}. Their accuracy: ${rows.map(accuraciesOf).join('; ')}. ${describe(where)}.`,
    table(['data', ...methods], rows.map(lineOf), 1),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  if (only === undefined) {
    writeResults('relu/probabilities', { environment: where, sklearn: version, rows });
    writeSection('docs/relu-probabilities.md', 'reluProbabilities', text);
  }
}

function othersOf({ runs, yTest }: Answer): Record<string, Run> {
  return Object.fromEntries(
    Object.entries(runs).map(([method, { cpu, probabilities }]) => [method, { ...judged(probabilities, yTest), cpu }]),
  );
}

async function oursOf({ x, y, xTest, yTest }: Answer): Promise<Record<string, Run>> {
  const runs: Record<string, Run> = {};
  for (const [name, settings] of Object.entries({ nonconvex: {}, logistic: { loss: 'logistic' } as const })) {
    const before = process.cpuUsage();
    const estimator = await new ReluClassifier(settings).fit(x, y);
    const { user, system } = process.cpuUsage(before);
    const { data, rows, columns } = estimator.predict(xTest, { type: 'probability' });
    const probabilities = Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
    runs[name] = { ...judged(probabilities, yTest), cpu: (user + system) / 1e6 };
  }
  return runs;
}

/** How rows of probabilities do, the place of a class being its number. */
function judged(probabilities: number[][], y: number[]): Omit<Run, 'cpu'> {
  const largest = probabilities.map((row) => Math.max(...row));
  const right = probabilities.map((row, i) => Number(row.indexOf(largest[i] as number) === y[i]));
  const losses = probabilities.map((row, i) => -Math.log(Math.max(row[y[i] as number] as number, Number.MIN_VALUE)));
  const inBin = Array.from({ length: bins }, () => 0);
  largest.forEach((p, i) => {
    const bin = Math.min(bins - 1, Math.floor(p * bins));
    inBin[bin] = (inBin[bin] as number) + ((right[i] as number) - p) / y.length;
  });
  const calibrationError = inBin.reduce((sum, error) => sum + Math.abs(error), 0);
  return { logLoss: mean(losses), calibrationError, score: mean(right) };
}

function valuesOf(row: Row, method: string, of: keyof Run): number[] {
  return (row.runs[method] ?? []).map((run) => run[of]);
}

function standardError(values: number[]): number {
  return deviation(values) / Math.sqrt(values.length);
}

/** Rows on which the log loss of a method is at most a standard error above the least of scikit-learn's. */
function count(rows: Row[], method: string): number {
  return rows.filter((row) => {
    const others = ['linear', 'mlp', 'svm'].map((each) => valuesOf(row, each, 'logLoss'));
    const best = others.reduce((a, b) => (mean(b) < mean(a) ? b : a));
    return mean(valuesOf(row, method, 'logLoss')) <= mean(best) + standardError(best);
  }).length;
}

/** The accuracies of the two networks. */
function accuraciesOf(row: Row): string {
  const [first, second] = ['nonconvex', 'logistic'].map((method) => mean(valuesOf(row, method, 'score')).toFixed(3));
  return `${row.name} ${first} and ${second}`;
}

function lineOf(row: Row): string[] {
  const cells = methods.map((method) => {
    const losses = valuesOf(row, method, 'logLoss');
    const error = mean(valuesOf(row, method, 'calibrationError'));
    return `${mean(losses).toFixed(3)} +- ${standardError(losses).toFixed(3)}, ${error.toFixed(3)}`;
  });
  return [row.name, ...cells];
}
