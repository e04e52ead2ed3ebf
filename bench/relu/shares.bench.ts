// Test scores by the weight of the regulariser, as a share of lambdaMax, for several numbers of rows: what `lambda: 'auto'` rests on.
//
//   npm run bench -- relu/shares   some ten minutes; rewrites a table of docs/relu-defaults.md and bench/relu/shares.results.json
import { lambdaMax, type ReluSettings, score, trainReluNetwork } from '../../src/relu/index.js';
import { Python } from '../shared/python.js';
import { describe, environment, table, writeResults, writeSection } from '../shared/report.js';

interface Rows {
  x: number[][];
  y: number[];
  xTest: number[][];
  yTest: number[];
}

interface Line {
  name: string;
  way: string;
  n: number;
  /** Scores of each of `shares`, and of the share that 'auto' takes. */
  scores: number[];
  auto: { share: number; score: number };
}

const shares = [0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002];
const sizes = [200, 1000, 5000];
const ways: [string, ReluSettings][] = [
  ['50 patterns', {}],
  ['refined', { patterns: { refine: { rounds: 0, restarts: 0, estimate: false } } }],
  ['gated', { activation: 'gated' }],
];

const python = await Python.start('bench/relu/shares.py');
if (!python) {
  console.error('skipped: no python3 with scikit-learn');
} else {
  const { version, names, values } = python.greeting as { version: string; names: string[]; values: string[] };
  const lines: Line[] = [];
  for (const name of names) {
    for (const n of sizes) {
      const rows = (await python.ask({ name, n })) as unknown as Rows;
      for (const [way, settings] of ways) {
        lines.push({ name, way, n, ...(await scoresOf(rows, settings, values.includes(name))) });
        console.error(cellsOf(lines.at(-1) as Line).join('  '));
      }
    }
  }
  python.end();
  const where = environment();
  const text = [
    `R^2 (the first three) or accuracy on 2,000 other rows, of data that scikit-learn ${version} makes, by the weight as a share of lambdaMax; x and y standardised, ` +
      "gap 1e-2; refined: one descent and the program over its patterns. In bold the best, last what `lambda: 'auto'` takes. " +
      `${describe(where)}.`,
    table(['data', 'networks', 'rows', ...shares.map(String), "'auto'"], lines.map(cellsOf), 2),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  writeResults('relu/shares', { environment: where, sklearn: version, shares, lines });
  writeSection('docs/relu-defaults.md', 'reluShares', text);
}

async function scoresOf(
  { x, y, xTest, yTest }: Rows,
  settings: ReluSettings,
  values: boolean,
): Promise<Pick<Line, 'scores' | 'auto'>> {
  const [targets, truth] = values ? [y, yTest] : [y.map(String), yTest.map(String)];
  const most = await lambdaMax({ x, y: targets }, { lambda: 'auto' });
  const trained = async (lambda: number | 'auto') => {
    const standard = { standardize: true, standardizeTargets: values } as const;
    const result = await trainReluNetwork({ x, y: targets }, { tolerance: 1e-2, ...standard, ...settings, lambda });
    return { share: result.lambda / most, score: score(result, xTest, truth) };
  };
  const scores = [];
  for (const share of shares) scores.push((await trained(share * most)).score);
  return { scores, auto: await trained('auto') };
}

function cellsOf({ name, way, n, scores, auto }: Line): string[] {
  const best = Math.max(...scores);
  const cells = scores.map((each) => (each === best ? `**${each.toFixed(3)}**` : each.toFixed(3)));
  return [name, way, n.toLocaleString('en'), ...cells, `${auto.score.toFixed(3)} (${auto.share.toPrecision(2)})`];
}
