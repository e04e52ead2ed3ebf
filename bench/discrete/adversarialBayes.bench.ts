// Least errors under attack of two tables: by a matching for pairs of rows, beside HiGHS' linear program with a row for each pair, and by sets of
// three rows. Processor time of one thread, ours and HiGHS' in turn.
//
//   npm run bench -- discrete/adversarialBayes      into bench/discrete/adversarialBayes.md and bench/discrete/adversarialBayes.results.json
//
// Without scipy our own runs alone.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AdversarialBayesResult, adversarialBayes } from '../../src/discrete/index.js';
import { root } from '../shared/native.js';
import { Python } from '../shared/python.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';

const folder = join(process.env.NONCONVEX_SHARED ?? join(root, '..', 'shared'), 'problems', 'discrete', 'bayes');
const repeats = 3;

interface Reference {
  data: string;
  norm: 'inf' | 'two';
  radius: number;
  pairs: number;
  cliquesToFive?: number;
}

/** A table whose last column is the class, its columns scaled to 0 .. 1. */
function read(name: string): { x: number[][]; y: string[] } {
  const lines = readFileSync(join(folder, `${name}.csv`), 'utf8')
    .trim()
    .split(/\r?\n/);
  const rows = lines.map((line) => line.split(','));
  const x = rows.map((row) => row.slice(0, -1).map(Number));
  const ends = (x[0] as number[]).map((_, j) => {
    const column = x.map((row) => row[j] as number);
    return [Math.min(...column), Math.max(...column)] as const;
  });
  const scaled = x.map((row) =>
    row.map((value, j) => (value - (ends[j]?.[0] ?? 0)) / ((ends[j]?.[1] ?? 1) - (ends[j]?.[0] ?? 0))),
  );
  return { x: scaled, y: rows.map((row) => row.at(-1) as string) };
}

async function timed(solve: () => Promise<AdversarialBayesResult>) {
  const before = process.cpuUsage();
  const result = await solve();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: (user + system) / 1e6 };
}

if (!existsSync(join(folder, 'reference.json'))) {
  console.log('skipped: the tables of ../shared/problems/discrete/bayes are not there');
} else {
  await main();
}

async function main(): Promise<void> {
  const highs = await Python.start('bench/discrete/bayes_peers.py');
  const references = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as Reference[];
  const rows: string[][] = [];
  const results: object[] = [];
  for (const { data, norm, radius, pairs } of references) {
    const problem = read(data);
    const classes = [...new Set(problem.y)];
    const asked = { x: problem.x, y: problem.y.map((label) => classes.indexOf(label)), norm, radius };
    const least = { pairs: Number.POSITIVE_INFINITY, sets: Number.POSITIVE_INFINITY, peer: Number.POSITIVE_INFINITY };
    let [ofPairs, ofSets, ofPeer] = [0, 0, Number.NaN];
    for (let k = 0; k < repeats; ++k) {
      const own = await timed(() => adversarialBayes(problem, { norm, radius, order: 2, threads: 1 }));
      const whole = await timed(() => adversarialBayes(problem, { norm, radius, threads: 1 }));
      [ofPairs, ofSets] = [own.result.robustError, whole.result.robustError];
      least.pairs = Math.min(least.pairs, own.seconds);
      least.sets = Math.min(least.sets, whole.seconds);
      if (!highs) continue;
      const { error, seconds } = (await highs.ask(asked)) as { error: number; seconds: number };
      ofPeer = error;
      least.peer = Math.min(least.peer, seconds);
    }
    rows.push([
      ...[
        data,
        norm,
        String(radius),
        ofPairs.toFixed(5),
        pairs.toFixed(5),
        Math.abs(ofPairs - ofPeer).toExponential(0),
      ],
      ...[short(1000 * least.pairs), short(1000 * least.peer), ofSets.toFixed(5), short(1000 * least.sets)],
    ]);
    results.push({ data, norm, radius, ofPairs, ofSets, ofPeer, seconds: least });
    console.log(rows.at(-1)?.join('  '));
  }
  highs?.end();
  const head = ['data', 'norm', 'radius', 'pairs', 'reference', 'off HiGHS', 'ms', 'HiGHS, ms', 'sets of 3', 'ms'];
  const whole = table(head, rows, 2);
  writeResults('discrete/adversarialBayes', { environment: environment(), results });
  writeSection(
    'bench/discrete/adversarialBayes.md',
    'errors',
    `${describe(environment())}; HiGHS of scipy ${highs?.greeting.version ?? 'absent'}

The least error under attack with columns scaled to 0 .. 1, by pairs of rows (\`order: 2\`; two classes: breastCancer, three: iris) and by sets of three. The
least processor milliseconds of ${repeats} runs of one thread: ours of the whole call, with the distances; HiGHS' of the solve alone, a linear program with a row
for each pair.

${whole}`,
  );
}
