// Directed graphs from data: scores beside those of a prototype that shares nothing with the package and of the graphs that made the data, processor time of one
// thread beside what it may be, and swaps that begin at the answer of NOTEARS.
//
//   npm run bench -- discrete/learnDag            into bench/discrete/learnDag.md and bench/discrete/learnDag.results.json
//   npm run bench -- discrete/learnDag 50         graphs of that many columns alone; nothing is written
//
// The rows are those of ../shared/problems/discrete/README.md. Without numpy and scipy for /usr/bin/python3 the rows of NOTEARS are left out.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LearnDagResult, type LearnDagSettings, learnDag } from '../../src/discrete/index.js';
import { type Generator, generated, localScore, type Scoring, standardize } from '../../test/discrete/learnDagJudge.js';
import { root } from '../shared/native.js';
import { describe, environment, short, table, writeResults, writeSection } from '../shared/report.js';

const file = join(
  process.env.NONCONVEX_SHARED ?? join(root, '..', 'shared'),
  'problems',
  'discrete',
  'dag',
  'reference.json',
);
/** Seconds of one thread that a solve may take. */
const marks: Record<number, number> = { 20: 2, 22: 8, 50: 5 };
const repeats = 3;

interface Reference {
  data?: string;
  generator?: Generator;
  score: 'bic' | 'equalVariance';
  gamma: number;
  exact?: { score: number };
}

interface Timed {
  result: LearnDagResult;
  seconds: number;
}

/** The least processor time of some solves. */
async function timed(x: number[][], settings: LearnDagSettings, times = repeats): Promise<Timed> {
  let best: Timed | undefined;
  for (let k = 0; k < times; ++k) {
    const before = process.cpuUsage();
    const result = await learnDag({ x }, { threads: 1, ...settings });
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    if (!best || seconds < best.seconds) best = { result, seconds };
  }
  return best as Timed;
}

/** How many pairs of columns have another edge, or another direction. */
function distance(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const edge = (of: typeof a, i: number, j: number): number => (of[i]?.includes(j) ? 1 : of[j]?.includes(i) ? 2 : 0);
  let count = 0;
  for (let i = 0; i < a.length; ++i) for (let j = 0; j < i; ++j) count += Number(edge(a, i, j) !== edge(b, i, j));
  return count;
}

const scoreOf = (x: number[][], parents: readonly number[][], scoring: Scoring): number =>
  parents.reduce((sum, of, j) => sum + localScore(x, j, of, scoring), 0);

const yes = (reached: boolean): string => (reached ? 'yes' : 'no');
const results: object[] = [];

/** Graphs of 20 and 22 columns, all of which are searched. */
async function exactRows(): Promise<string[][]> {
  const known: Reference[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const cases = known.filter(({ generator }) => generator?.d === 20);
  const rows: string[][] = [];
  for (const { generator, score, gamma, exact } of cases as Required<Reference>[]) {
    const { type, edgesPerNode, d, seed } = generator;
    const { x, parents } = generated(generator);
    const variance = score === 'equalVariance' ? { variance: 1 } : {};
    const { result, seconds } = await timed(x, { score, gamma, ...variance });
    const off = ((result.objective as number) - exact.score) / Math.abs(exact.score);
    const reached = Math.abs(off) < 1e-6 && seconds <= (marks[d] as number) && result.certificate.kind === 'global';
    rows.push([
      ...[`${type}${edgesPerNode}`, String(d), String(seed), score, (result.objective as number).toFixed(3)],
      ...[off.toExponential(1), result.certificate.kind, short(seconds), String(marks[d]), yes(reached)],
      String(distance(result.parents, parents)),
    ]);
    results.push({ ...generator, score, objective: result.objective, off, seconds, reached });
    console.log(rows.at(-1)?.join('  '));
  }
  for (const [score, seed] of [
    ['bic', 1],
    ['equalVariance', 2],
  ] as const) {
    const generator: Generator = { type: 'ER', d: 22, edgesPerNode: 2, n: 1000, seed, standardized: score === 'bic' };
    const { x, parents } = generated(generator);
    const { result, seconds } = await timed(x, { score, method: 'exact', ...(score !== 'bic' && { variance: 1 }) });
    const reached = seconds <= (marks[22] as number) && result.certificate.kind === 'global';
    rows.push([
      ...['ER2', '22', String(seed), score, (result.objective as number).toFixed(3), '', result.certificate.kind],
      ...[short(seconds), String(marks[22]), yes(reached), String(distance(result.parents, parents))],
    ]);
    results.push({ ...generator, score, objective: result.objective, seconds, reached });
    console.log(rows.at(-1)?.join('  '));
  }
  return rows;
}

/** Graphs of 50 columns by the order search. */
async function orderRows(): Promise<string[][]> {
  const rows: string[][] = [];
  for (const score of ['equalVariance', 'bic'] as const) {
    for (const [type, edgesPerNode] of [
      ['ER', 2],
      ['ER', 4],
      ['SF', 4],
    ] as const) {
      for (const seed of [1, 2, 3, 4]) {
        const generator: Generator = { type, d: 50, edgesPerNode, n: 1000, seed, standardized: false };
        const { x, parents } = generated(generator);
        const { result, seconds } = await timed(x, { score, ...(score !== 'bic' && { variance: 1 }) }, 1);
        const truth = scoreOf(x, parents, { score, gamma: 1, variance: 1 });
        const above = (result.objective as number) - truth;
        const wrong = distance(result.parents, parents);
        const reached = above <= 1e-6 * Math.abs(truth) && seconds <= (marks[50] as number);
        rows.push([
          ...[`${type}${edgesPerNode}`, String(seed), score, above.toFixed(3), String(wrong), short(seconds), '5'],
          ...[yes(reached), short(result.certificate.gap as number)],
        ]);
        results.push({ ...generator, score, above, wrong, seconds, reached });
        console.log(rows.at(-1)?.join('  '));
      }
    }
  }
  return rows;
}

/** Swaps from the answer of NOTEARS. */
async function swapRows(): Promise<string[][]> {
  const rows: string[][] = [];
  for (const [type, edgesPerNode, standardized] of [
    ['ER', 2, false],
    ['ER', 4, false],
    ['ER', 2, true],
  ] as const) {
    const { x: raw, parents } = generated({ type, d: 20, edgesPerNode, n: 1000, seed: 1, standardized: false });
    const x = standardized ? standardize(raw) : raw;
    const input = JSON.stringify({ x, lambda: 0.1, threshold: 0.3 });
    const peer = spawnSync('/usr/bin/python3', [join(root, 'bench/discrete/notears.py')], {
      input,
      encoding: 'utf8',
      maxBuffer: 1e8,
      env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
    });
    if (peer.status !== 0) {
      console.log(`skipped: NOTEARS needs numpy and scipy for /usr/bin/python3: ${peer.stderr}`);
      return rows;
    }
    const { weights, seconds: peerSeconds } = JSON.parse(peer.stdout) as { weights: number[][]; seconds: number };
    const edges = weights.flatMap((row, from) => row.flatMap((w, to) => (w !== 0 ? [{ from, to }] : [])));
    const own: LearnDagSettings = {
      score: 'equalVariance',
      variance: 1,
      method: 'topo',
      restarts: 1,
      warmStart: { edges },
    };
    const begin = await learnDag({ x }, { ...own, maxIterations: 0 });
    const { result, seconds } = await timed(x, { ...own, threshold: 0.3 }, 1);
    const { result: best } = await timed(x, { ...own, method: 'exact', warmStart: undefined }, 1);
    const loss = [begin, ...(await learnDag({ x }, own)).history].map(({ objective }) => objective as number);
    const falls = loss.every((value, k) => k === 0 || value <= (loss[k - 1] as number) * (1 + 1e-12));
    const notears = x[0]?.map((_, to) => edges.filter((edge) => edge.to === to).map(({ from }) => from)) ?? [];
    rows.push([
      ...[`${type}${edgesPerNode}${standardized ? ', standardised' : ''}`, short(peerSeconds)],
      ...[String(distance(notears, parents)), short(loss[0] as number), short(loss.at(-1) as number), yes(falls)],
      ...[String(distance(result.parents, parents)), short(seconds), String(distance(best.parents, parents))],
    ]);
    results.push({ type, edgesPerNode, standardized, first: loss[0], last: loss.at(-1), falls, peerSeconds, seconds });
    console.log(rows.at(-1)?.join('  '));
  }
  return rows;
}

const only = process.argv[2];
const exact = only === undefined || only === '20' ? await exactRows() : [];
const orders = only === undefined || only === '50' ? await orderRows() : [];
const swaps = only === undefined || only === 'swaps' ? await swapRows() : [];
const exactHead = ['graph', 'columns', 'seed', 'loss', 'score', 'beside the reference', 'certificate', 'CPU s'];
const ofExact = table([...exactHead, 'mark', 'reached', 'edges unlike the truth'], exact);
const ordersHead = ['graph', 'seed', 'loss', 'score less the truth', 'edges unlike the truth', 'CPU s', 'mark'];
const ofOrders = table([...ordersHead, 'reached', 'gap'], orders);
const swapsHead = ['graph', 'NOTEARS, CPU s', 'its edges unlike the truth', 'loss of its order', 'after swaps'];
const ofSwaps = table([...swapsHead, 'never rises', 'edges unlike the truth', 'CPU s', 'of the exact graph'], swaps);
console.log(`\n${ofExact}\n\n${ofOrders}\n\n${ofSwaps}`);
if (only === undefined) {
  writeResults('discrete/learnDag', { environment: environment(), results });
  writeSection(
    'bench/discrete/learnDag.md',
    'graphs',
    `${describe(environment())}

Rows of the generator in the problems' README: 1000 rows, weights of 0.5 to 2, unit errors. Processor time of one thread, the least of ${repeats} solves for searches of all graphs.
References are scores of a prototype that shares nothing with the package.

All graphs:

${ofExact}

The order search with 50 columns, the extended BIC's price of an edge. A score below the truth's is right: the sample prefers that graph.

${ofOrders}

Swaps (\`topo\`, threshold 0.3) that begin at the answer of NOTEARS (lambda 0.1, threshold 0.3), 20 columns:

${ofSwaps}`,
  );
}
