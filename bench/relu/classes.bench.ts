// Ten classes to a certified gap of 1e-4 beside scikit-learn's MLPClassifier: scikit-learn's digits, 1,257 x 64.
//
//   npm run bench -- relu/classes [--rounds 3]   a minute or two; rewrites a table of docs/relu-refinement.md and
//                                                bench/relu/classes.results.json
//
// All methods take turns in each round, so that a machine that is busy is so for all of them; ratios are of one round.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type ReluSettings, score, trainReluNetwork } from '../../src/relu/index.js';
import { Python } from '../shared/python.js';
import { describe, environment, median, short, table, writeResults, writeSection } from '../shared/report.js';

interface Run {
  seconds: number;
  /** Seconds of the processor, of all threads. */
  cpu: number;
  iterations: number;
  score: number;
  gap?: number;
  objective?: number;
}

interface Digits {
  version: string;
  x: number[][];
  y: number[];
  xTest: number[][];
  yTest: number[];
}

interface Method {
  name: string;
  /** How many times as long as MLPClassifier it may take. */
  wanted: number;
  settings: ReluSettings;
}

const perRow = 1e-3;
const methods: Method[] = [
  { name: 'squared, 50 patterns', wanted: 1, settings: { loss: 'squared', patterns: { sample: 50 } } },
  { name: 'softmax, 50 patterns', wanted: 2, settings: { loss: 'softmax', patterns: { sample: 50 } } },
  { name: 'squared, 200 patterns', wanted: 5, settings: { loss: 'squared', patterns: { sample: 200 } } },
  { name: 'softmax, 200 patterns', wanted: 5, settings: { loss: 'softmax', patterns: { sample: 200 } } },
];
const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });

const load = loadavg()[0];
const python = await Python.start('bench/relu/classes.py', undefined, {});
if (!python) {
  console.error('skipped: no python3 with scikit-learn');
} else {
  const digits = python.greeting as unknown as Digits;
  const mlp: Run[] = [];
  const ours = methods.map((): Run[] => []);
  for (let round = 0; round < Number(options.rounds); ++round) {
    mlp.push((await python.ask({ seed: round })) as unknown as Run);
    for (const [k, method] of methods.entries()) ours[k]?.push(await solved(digits, method));
    console.error(`  round ${round + 1}: ${[mlp, ...ours].map((runs) => short(runs.at(-1)?.seconds)).join(', ')} s`);
  }
  python.end();
  const where = environment();
  const text = [
    `scikit-learn's digits, ${digits.x.length} x ${digits.x[0]?.length}, pixels from 0 to 1, ten classes, to a certified gap of 1e-4, lambda = ${perRow} n, ` +
      `beside MLPClassifier of scikit-learn ${digits.version} with its defaults. All choose their threads themselves, of ${where.threads}: a user waits for the ` +
      "seconds; the processor's are those of all threads together, and say more where the machine is busy: its load at the start was " +
      `${short(load)}. ` +
      `Medians of ${mlp.length} rounds in turn, ratios within a round; accuracy on the 540 other images. ${describe(where)}.`,
    table(
      [
        '',
        'seconds',
        "processor's",
        'times MLPClassifier',
        "processor's, times",
        'wanted, times',
        'iterations',
        'gap',
        'test accuracy',
      ],
      [
        lineOf('MLPClassifier', mlp, mlp),
        ...methods.map(({ name, wanted }, k) => lineOf(name, ours[k] ?? [], mlp, wanted)),
      ],
      1,
    ),
  ].join('\n\n');
  console.log(`\n${text}\n`);
  writeResults('relu/classes', {
    environment: where,
    load,
    sklearn: digits.version,
    runs: { mlp, ...Object.fromEntries(methods.map(({ name }, k) => [name, ours[k]])) },
  });
  writeSection('docs/relu-refinement.md', 'reluClasses', text);
}

async function solved({ x, y, xTest, yTest }: Digits, { settings }: Method): Promise<Run> {
  const before = process.cpuUsage();
  const begin = performance.now();
  const result = await trainReluNetwork({ x, y: y.map(String) }, { ...settings, lambda: perRow * x.length });
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(before);
  const { iterations, gap, objective, network } = result;
  return {
    seconds,
    cpu: (user + system) / 1e6,
    iterations,
    gap,
    objective,
    score: score(network, xTest, yTest.map(String)),
  };
}

function lineOf(name: string, runs: readonly Run[], mlp: readonly Run[], wanted?: number): string[] {
  const middle = (member: (run: Run) => number): number => median(runs.map(member));
  const ratio = (of: (run: Run) => number): string =>
    wanted === undefined ? '' : short(median(runs.map((run, k) => of(run) / of(mlp[k] as Run))));
  return [
    name,
    short(middle((run) => run.seconds)),
    short(middle((run) => run.cpu)),
    ratio((run) => run.seconds),
    ratio((run) => run.cpu),
    wanted === undefined ? '' : String(wanted),
    String(middle((run) => run.iterations)),
    wanted === undefined ? '' : middle((run) => run.gap ?? Number.NaN).toExponential(0),
    `${(100 * middle((run) => run.score)).toFixed(1)} %`,
  ];
}
