// minimizeGlobally on the given problems with known global minima, beside published figures of SCIP and discopt.
//
//   npm run bench -- nlp/global                    writes its part of bench/nlp/page.md, bench/nlp/global.results.json
//   npm run bench -- nlp/global --limit 10         seconds for each problem in place of 60
//   npm run bench -- nlp/global --threads 1        threads in place of 2
//   npm run bench -- nlp/global NAME ...           only these problems, and writes nothing
import * as nlp from '../../src/nlp/index.js';
import { available, type GlobalProblem, type GlobalSet, globalProblems } from '../../test/nlp/globalProblems.js';
import { describe, environment, median, short, table, writeResults, writeSection } from '../shared/report.js';

/** The members of a result of minimizeGlobally that are recorded. */
interface Answer {
  status: string;
  objective: number;
  bound: number;
  nodes: number | { solved: number };
  counts: { linearPrograms: number };
}

type Solve = (
  model: GlobalProblem['model'],
  settings: { gap: number; absoluteGap: number; timeLimit: number; threads: number },
) => Promise<Answer>;

const { minimizeGlobally } = nlp as unknown as { minimizeGlobally?: Solve };

const words = process.argv.slice(2);
/** The number behind an option, taken out of the words. */
function option(name: string, otherwise: number): number {
  const at = words.indexOf(name);
  return at < 0 ? otherwise : Number(words.splice(at, 2)[1]);
}
const limit = option('--limit', 60);
const threads = option('--threads', 2);

/** Seconds and nodes of SCIP, seeds 1 and 2, 300 s, published in a log of a test of its RLT cuts; another machine. */
const scip: Record<string, string> = {
  ex2_1_6: '0.01, 0.00 / 8',
  ex5_2_2_case1: '0.03 / 92, 66',
  ex5_2_4: '0.04 / 120, 119',
  ex5_2_5: '> 300 / 165,000',
  ex5_4_2: '0.07, 0.09 / 133',
  kall_congruentcircles_c52: '2.07, 1.68 / 2203, 2067',
  kall_circlespolygons_c1p11: '0.09, 0.11 / 25, 35',
  pointpack04: '0.05, 0.06 / 14',
  pooling_adhya1pq: '0.50, 0.43 / 771, 602',
  pooling_bental4pq: '0.04, 0.05 / 30, 25',
  pooling_rt2pq: '0.21, 0.22 / 220, 207',
  st_e07: '0.02, 0.00 / 7',
  st_fp7e: '0.37, 0.39 / 1198',
  st_glmp_fp2: '0.01, 0.02 / 10',
  'st_qpc-m3a': '0.99, 1.10 / 2775, 3027',
  st_qpk3: '0.08, 0.06 / 144, 137',
  st_robot: '0.01 / 7',
  st_rv9: '1.10, 0.85 / 2368, 1773',
};

/** Seconds of discopt, published in its own log of July 2026, 60 s; another machine. */
const discopt: Record<string, string> = { ex1224: '5.3', nvs09: '> 60', nvs11: '0.46', nvs13: '2.65', st_e36: '25.7' };

interface Run {
  name: string;
  n: number;
  status: string;
  seconds: number;
  nodes: number;
  linearPrograms: number;
  objective: number;
  bound: number;
  best: number;
  /** How far the bound lies beyond the best known objective, relative to 1 and its size; > 0: beyond. */
  beyond: number;
  /** How much worse the objective is than the best known one, likewise. */
  behind: number;
}

async function runOf(solve: Solve, { name, model, sense, best }: GlobalProblem, gap: number): Promise<Run> {
  const begin = performance.now();
  const result = await solve(model, { gap, absoluteGap: Math.min(1e-6, gap), timeLimit: limit, threads });
  const seconds = (performance.now() - begin) / 1000;
  const { status, objective, bound } = result;
  const nodes = typeof result.nodes === 'number' ? result.nodes : result.nodes.solved;
  const [sign, scale] = [sense === 'min' ? 1 : -1, Math.max(1, Math.abs(best))];
  const [beyond, behind] = [(sign * (bound - best)) / scale, (sign * (objective - best)) / scale];
  const { linearPrograms } = result.counts;
  return { ...{ name, n: model.n, status, seconds, nodes, linearPrograms, objective, bound, best }, beyond, behind };
}

const heads = ['s', 'nodes', 'bound', 'objective', 'best known'];

function rowOf({ name, n, status, seconds, nodes, bound, objective, best }: Run): string[] {
  const number = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(10))) : String(value));
  return [
    ...[name, String(n), status, short(seconds), String(nodes)],
    ...[number(bound), number(objective), number(best), scip[name] ?? discopt[name] ?? ''],
  ];
}

interface Part {
  set: GlobalSet;
  gap: number;
  runs: Run[];
}

/** The best known objectives have ten digits: a bound that lies further beyond one than this is wrong. */
const allowed = 1e-6;

/** The sentence about linear programs a second, local solutions and all else included, where a search has many. */
function rateOf(runs: readonly Run[]): string[] {
  const rates = runs.filter((run) => run.linearPrograms >= 1000).map((run) => run.linearPrograms / run.seconds);
  if (rates.length === 0) return [];
  const [middle, least] = [median(rates), Math.min(...rates)].map((rate) => Math.round(rate));
  return [`Linear programs a second, of searches with 1,000 or more: median ${middle}, least ${least}.`];
}

/** The sentence of a part: how many are solved, and the mark beside it. */
function summary({ set, gap, runs }: Part): string {
  const solved = runs.filter(({ status }) => status === 'solved');
  const wrong = runs.filter(({ beyond }) => beyond > allowed).map(({ name }) => name);
  const missed = solved.filter(({ behind }) => behind > 2 * gap).map(({ name }) => name);
  const slowest = (list: readonly Run[]) => short(Math.max(0, ...list.map(({ seconds }) => seconds)));
  const marks: Record<GlobalSet, string> = {
    continuous: gap === 1e-4 ? 'mark: 74 of 77, none wrong, median at most 0.1 s' : 'mark: 73 of 77',
    integer: 'mark: 20 of 21, each within 5 s',
    boxqp: 'mark: 15 of 15, within 5 s up to n = 40, within 30 s beyond',
  };
  const left = runs.filter(({ status }) => status !== 'solved').map(({ name }) => name);
  return [
    `${set}, gap ${gap}: ${solved.length} of ${runs.length} are solved (${marks[set]}).`,
    `Median ${short(median(runs.map(({ seconds }) => seconds)))} s, slowest of the solved ones ${slowest(solved)} s.`,
    ...(set === 'boxqp' ? [`Slowest up to n = 40: ${slowest(runs.filter(({ n }) => n <= 40))} s.`] : []),
    ...rateOf(runs),
    left.length > 0 ? `Left: ${left.join(', ')}.` : '',
    wrong.length > 0 ? `WRONG, a bound beyond the best known objective: ${wrong.join(', ')}.` : 'No bound is wrong.',
    missed.length > 0 ? `WORSE than the best known objective although solved: ${missed.join(', ')}.` : '',
  ]
    .filter((text) => text !== '')
    .join(' ');
}

async function main(): Promise<void> {
  if (!available) return;
  if (!minimizeGlobally) throw new Error('this build has no minimizeGlobally');
  const where = environment();
  const parts: Part[] = [];
  for (const [set, gap] of [
    ['continuous', 1e-4],
    ['continuous', 1e-6],
    ['integer', 1e-4],
    ['boxqp', 1e-4],
  ] as const) {
    const chosen = globalProblems(set).filter(({ name }) => words.length === 0 || words.includes(name));
    const runs: Run[] = [];
    for (const problem of chosen) {
      const run = await runOf(minimizeGlobally, problem, gap);
      runs.push(run);
      console.log(rowOf(run).join('  '));
    }
    if (runs.length > 0) parts.push({ set, gap, runs });
  }
  for (const part of parts) console.log(summary(part));
  if (words.length > 0) return;
  writeResults('nlp/global', { environment: where, limit, threads, parts });
  const sections = parts.map((part) => [
    summary(part),
    table(['problem', 'n', 'status', ...heads, 'published'], part.runs.map(rowOf), 1),
  ]);
  const intro =
    `\`npm run bench -- nlp/global\`: \`minimizeGlobally\` with ${threads} threads and a limit of ${limit} s on problems of MINLPLib and ` +
    'box-constrained quadratic programs with known global minima. Published: seconds and nodes of SCIP (a public log, two seeds, 300 s), ' +
    'or seconds of discopt for models with integers (its own log, 60 s), both on other machines.';
  writeSection('bench/nlp/page.md', 'global', [describe(where), intro, ...sections.flat()].join('\n\n'));
}

await main();
