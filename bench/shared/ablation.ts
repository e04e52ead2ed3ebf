// Which constants of a family's Tunings pay for themselves: each is moved by a factor of two, and set to the value that turns its
// mechanism off, and the family's problems say what that does to processor time and results.
//
//   npm run bench -- FAMILY/ablation                  measures what bench/FAMILY/ablation.results.json does not have yet
//   npm run bench -- FAMILY/ablation --only NAMES     measures constants whose names contain one of these words anew
//   npm run bench -- FAMILY/ablation --rounds 5       takes the least of five solves of each problem, in place of three
//   npm run bench -- FAMILY/ablation --all            measures also safeguards and roundings
//   npm run bench -- FAMILY/ablation --off            tries the values alone that turn something off
//   npm run bench -- FAMILY/ablation --cases PATTERN  solves the problems alone whose names a regular expression finds
//   npm run bench -- FAMILY/ablation --table          writes bench/FAMILY/ablation.md again, of what was measured
//
// The problems are cases of scripts/compare.mjs, solved by one thread. A value that lets a solve run without an end fails.
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from './native.js';
import { describe, type Environment, environment, short, table, writeResults } from './report.js';
import { buildTunable, type Tuned, tuningsOf } from './tunings.js';

/** Numbers by which two solves of a problem compare. */
export interface Outcome {
  /** Answers that were not reached, such as models of a path. */
  unsolved: number;
  /** Objectives of the answers, which less is better than more. */
  objectives: readonly number[];
  /** The largest gap that is told. */
  gap: number;
  iterations: number;
}

/** A result of a solver, as far as {@link outcomeOf} reads it. */
export interface Answer {
  status: string;
  objective: number;
  iterations: number;
}

const isAnswer = (each: unknown): each is Answer =>
  typeof each === 'object' && each !== null && 'objective' in each && 'status' in each;

/** The outcome of `result`, or of those of its members that are answers. */
export function outcomeOf(
  result: object,
  iterationsOf: (answer: Answer) => number = (each) => each.iterations,
): Outcome {
  const all = [result, ...Object.values(result)].filter(isAnswer);
  return {
    unsolved: all.filter(({ status }) => status !== 'solved').length,
    objectives: all.map(({ objective }) => objective),
    gap: 0,
    iterations: all.reduce((sum, each) => sum + iterationsOf(each), 0),
  };
}

export interface Ablation {
  family: string;
  /** Folders of native/methods whose constants are tried on the family's problems; default: none. */
  methods?: readonly string[];
  /** Parts of scripts/compare.mjs, and which of their cases are solved; default: all. */
  parts: readonly string[];
  takes?(name: string): boolean;
  /** Groups of cases whose times are compared, by the name of a case. */
  groupOf(name: string): string;
  /** Returns true if a problem tells of a constant, FILE:NAME; default: always. */
  tells?(problem: string, constant: string): boolean;
  /** Constants, FILE:NAME, that the compiler needs. */
  constant?: readonly string[];
  /** A change of an objective, beside the largest one of its problem, below which it is rounding or within the tolerance; default: 1e-7. */
  sameObjective?: number;
  /** The values of constants, FILE:NAME, that turn a mechanism off. */
  off?: Readonly<Record<string, number>>;
  /** Default: {@link outcomeOf}. */
  // biome-ignore lint/suspicious/noExplicitAny: results of any function of the library
  outcome?(result: any): Outcome;
}

/** The results of all problems with one value of a constant, beside the usual value. */
interface Trial {
  what: 'again' | 'half' | 'double' | 'off';
  value: number;
  /** The problem that was not solved, and why. */
  failed?: string;
  /** Processor seconds over those with the usual value: of all problems, and of the group that loses and the one that gains the most. */
  time?: number;
  slowest?: [group: string, ratio: number];
  fastest?: [group: string, ratio: number];
  iterations?: number;
  /** Problems whose results differ. */
  changed?: number;
  /** Further answers that were not reached. */
  unsolved?: number;
  /** The largest rise and fall of an objective beside the largest one of its problem, and the mean change. */
  rise?: number;
  fall?: number;
  mean?: number;
  /** The largest gap, and that with the usual value. */
  gaps?: [number, number];
}

interface Measured {
  usual: number;
  /** Solves of each problem with each value, the fastest of which counts. */
  rounds: number;
  trials: Trial[];
}

interface Results extends Environment {
  rounds: number;
  problems: number;
  constants: Record<string, Measured>;
}

interface Solved {
  seconds: number;
  outcome: Outcome;
}

/** A loss of time above this share is one, of all problems and of a group. */
const loss = 0.03;
const lossOfGroup = 0.1;

export async function ablate(ablation: Ablation): Promise<void> {
  if (process.send) await answer(ablation);
  else await measure(ablation);
}

async function measure(ablation: Ablation): Promise<void> {
  const { values: given } = parseArgs({
    options: {
      only: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      all: { type: 'boolean', default: false },
      off: { type: 'boolean', default: false },
      cases: { type: 'string', default: '' },
      table: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(given.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new Error(`--rounds ${given.rounds}: expected a number of rounds`);
  const { family, methods = [], off = {} } = ablation;
  const tunings = tuningsOf(family, methods);
  const named = [...Object.keys(off), ...(ablation.constant ?? [])];
  const unknown = named.find((name) => !tunings.some((each) => each.name === name));
  if (unknown !== undefined)
    throw new Error(`${unknown}: expected a constant of a Tuning of native/solvers/${family} or its methods`);
  const file = join(root, 'bench', family, 'ablation.results.json');
  const before: Results | undefined = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const constants: Record<string, Measured> = {};
  for (const { name } of tunings) {
    const measured = before?.constants[name];
    if (measured) constants[name] = { ...measured, rounds: measured.rounds ?? before.rounds };
  }
  if (given.table) return writePage(ablation, tunings, { ...(before as Results), constants });
  const words = given.only?.split(',');
  const isNamed = (name: string) => words?.some((word) => name.includes(word)) ?? false;
  const isTried = ({ name, kind }: Tuned) => given.all || name in off || kind === 'measured';
  const variable = tunings.filter(
    (tuned) => (isTried(tuned) || isNamed(tuned.name)) && !ablation.constant?.includes(tuned.name),
  );
  const binary = buildTunable(
    family,
    methods,
    variable.map(({ name }) => name),
  );
  const asked = variable.filter(({ name }) =>
    words ? isNamed(name) : (name in off || !given.off) && !(name in constants),
  );
  const solver = new Solver(binary);
  try {
    const { usual, problems } = (await solver.ask({ list: true }, 60)) as {
      usual: Record<string, number>;
      problems: string[];
    };
    const seconds = new Map<string, number>();
    const chosen = problems.filter((problem) => new RegExp(given.cases).test(problem));
    for (const problem of chosen) {
      for (let k = 0; k < 2; ++k) seconds.set(problem, ((await solver.ask({ problem }, 300)) as Solved).seconds);
    }
    const where = { ...environment(), threads: 1, rounds, problems: problems.length };
    const all = [...seconds.values()].reduce((sum, each) => sum + each, 0);
    console.log(`${chosen.length} problems in ${short(all)} processor seconds, ${asked.length} constants to measure`);
    for (const tuned of asked) {
      const value = usual[tuned.name];
      if (value === undefined || (given.off && !(tuned.name in off))) continue;
      constants[tuned.name] = {
        ...{ usual: value, rounds },
        trials: await trialsOf(tuned, value, { solver, seconds, rounds, ablation, onlyOff: given.off }),
      };
      console.log(rowOf(tuned, constants[tuned.name] as Measured, ablation).join(' | '));
      writeFileSync(file, JSON.stringify({ ...where, constants }));
    }
    writeResults(`${family}/ablation`, { ...where, constants });
    writePage(ablation, tunings, { ...where, constants });
  } finally {
    solver.end();
  }
}

interface Run {
  solver: Solver;
  seconds: ReadonlyMap<string, number>;
  rounds: number;
  ablation: Ablation;
  onlyOff: boolean;
}

function valuesOf(usual: number, off: number | undefined): Trial[] {
  const half = Number.isInteger(usual) && Math.abs(usual) < 2 ** 31 ? Math.floor(usual / 2) : usual / 2;
  const trials: Trial[] = [
    { what: 'again', value: usual },
    { what: 'half', value: half },
    { what: 'double', value: 2 * usual },
  ];
  if (off !== undefined) trials.push({ what: 'off', value: off });
  return trials.filter(({ what, value }) => what === 'again' || what === 'off' || value !== usual);
}

/** Solves each problem with the usual value and with the others in turn. */
async function trialsOf(tuned: Tuned, usual: number, run: Run): Promise<Trial[]> {
  const { solver, seconds, rounds, ablation } = run;
  const trials = valuesOf(usual, ablation.off?.[tuned.name]).filter(({ what }) => !run.onlyOff || what === 'off');
  const pairs = trials.map((): { problem: string; before: Solved; after: Solved }[] => []);
  for (const [problem, expected] of seconds) {
    if (ablation.tells?.(problem, tuned.name) === false) continue;
    const least = new Map<Trial | undefined, Solved>();
    for (let round = 0; round < rounds; ++round) {
      for (const trial of [undefined, ...trials]) {
        if (trial?.failed) continue;
        const value = trial ? trial.value : usual;
        const solved = await solver
          .ask({ problem, name: tuned.name, value }, 120 + 100 * expected)
          .catch(({ message }: Error) => message);
        if (typeof solved === 'string') {
          if (trial === undefined) throw new Error(`${problem}: ${solved}`);
          trial.failed = `${problem}: ${solved}`;
          continue;
        }
        const best = least.get(trial);
        if (!best || (solved as Solved).seconds < best.seconds) least.set(trial, solved as Solved);
      }
    }
    trials.forEach((trial, k) => {
      const after = least.get(trial);
      if (after && !trial.failed) pairs[k]?.push({ problem, before: least.get(undefined) as Solved, after });
    });
  }
  await solver.ask({ problem: [...seconds.keys()][0] as string, name: tuned.name, value: usual }, 60);
  return trials.map((trial, k) => (trial.failed ? trial : { ...trial, ...compared(pairs[k] ?? [], ablation) }));
}

function compared(
  pairs: readonly { problem: string; before: Solved; after: Solved }[],
  { groupOf }: Ablation,
): Partial<Trial> {
  const groups = new Map<string, [number, number]>();
  const [objectives, sums] = [[] as number[], { time: [0, 0], iterations: [0, 0], unsolved: [0, 0] }];
  let changed = 0;
  for (const { problem, before, after } of pairs) {
    const group = groups.get(groupOf(problem)) ?? [0, 0];
    groups.set(groupOf(problem), [group[0] + before.seconds, group[1] + after.seconds]);
    const of = (total: number[], a: number, b: number) => total.splice(0, 2, (total[0] ?? 0) + a, (total[1] ?? 0) + b);
    of(sums.time, before.seconds, after.seconds);
    of(sums.iterations, before.outcome.iterations, after.outcome.iterations);
    of(sums.unsolved, before.outcome.unsolved, after.outcome.unsolved);
    if (JSON.stringify(before.outcome) !== JSON.stringify(after.outcome)) ++changed;
    const scale = Math.max(...before.outcome.objectives.map(Math.abs));
    before.outcome.objectives.forEach((objective, k) => {
      const now = after.outcome.objectives[k];
      if (now !== undefined && scale > 0) objectives.push((now - objective) / scale);
    });
  }
  const ratio = ([a = 0, b = 0]: readonly number[]) => (a > 0 ? b / a : 1);
  const byGroup = [...groups]
    .map(([group, pair]) => [group, ratio(pair)] as [string, number])
    .sort((a, b) => a[1] - b[1]);
  const gap = (of: 'before' | 'after') => Math.max(...pairs.map((pair) => pair[of].outcome.gap));
  return {
    time: ratio(sums.time),
    fastest: byGroup[0] as [string, number],
    slowest: byGroup.at(-1) as [string, number],
    iterations: ratio(sums.iterations),
    changed,
    unsolved: (sums.unsolved[1] ?? 0) - (sums.unsolved[0] ?? 0),
    rise: Math.max(0, ...objectives),
    fall: Math.max(0, ...objectives.map((each) => -each)),
    mean: objectives.reduce((sum, each) => sum + each, 0) / Math.max(1, objectives.length),
    gaps: [gap('after'), gap('before')],
  };
}

/** The gain of a constant beside the value that turns its mechanism off, or beside the better one of half and double. */
function gains({ trials }: Measured, sameObjective: number): string {
  const again: Partial<Trial> = trials.find(({ what }) => what === 'again') ?? {};
  const noise = Math.abs((again.time ?? 1) - 1);
  // Where the usual value was not tried again, the noise of groups is not known.
  const { slowest: [, slow] = ['', Infinity], fastest: [, fast] = ['', 0] } = again;
  const noiseOfGroups = Math.max(slow - 1, 1 - fast);
  const lossesOf = (trial: Trial): string[] => {
    if (trial.failed) return ['answers'];
    const { time = 1, slowest = ['', 1], unsolved = 0, rise = 0, fall = 0, mean = 0, gaps = [0, 0] } = trial;
    return [
      ...(time - 1 > Math.max(loss, 2 * noise) ? ['time'] : []),
      ...(slowest[1] - 1 > Math.max(lossOfGroup, 2 * noiseOfGroups) ? [`time of ${slowest[0]}`] : []),
      ...(unsolved > 0 ? ['answers'] : []),
      ...(rise > sameObjective && mean > 0 && rise > fall ? ['objectives'] : []),
      ...(gaps[0] > 2 * gaps[1] ? ['gaps'] : []),
    ];
  };
  const others = trials.filter(({ what }) => what !== 'again');
  const off = others.filter(({ what }) => what === 'off');
  const lists = (off.length === 0 ? others : off).map(lossesOf);
  return lists.some((list) => list.length === 0) ? 'nothing' : [...new Set(lists.flat())].join(', ');
}

const percent = (ratio: number | undefined) =>
  ratio === undefined ? '-' : `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(1)}`;

/** Cells of a constant: one line of each for each trial. */
function rowOf(tuned: Tuned, measured: Measured, { sameObjective = 1e-7 }: Ablation): string[] {
  const { trials, usual } = measured;
  const cell = (each: (trial: Trial) => string) =>
    trials.map((trial) => (trial.failed ? '-' : each(trial))).join(' / ');
  return [
    tuned.name,
    String(usual),
    trials.map(({ what, value }) => (what === 'off' ? `off at ${short(value)}` : what)).join(' / '),
    cell(({ time }) => percent(time)),
    cell(({ slowest: [group, ratio] = ['', 1] }) => `${group} ${percent(ratio)}`),
    cell(({ iterations }) => percent(iterations)),
    cell(({ changed }) => String(changed)),
    cell(({ unsolved }) => String(unsolved)),
    cell(({ rise, fall }) => `${short(rise)}, ${short(fall)}`),
    gains(measured, sameObjective),
  ];
}

function writePage(ablation: Ablation, tunings: readonly Tuned[], results: Results): void {
  const { family } = ablation;
  const rows = tunings.flatMap((tuned) => {
    const measured = results.constants[tuned.name];
    return measured?.trials.some(({ what }) => what !== 'again') ? [rowOf(tuned, measured, ablation)] : [];
  });
  const rounds = [...new Set(Object.values(results.constants).map((each) => each.rounds))].sort((a, b) => a - b);
  const head = [
    'constant',
    'usual',
    'values',
    'time, %',
    'slowest group, %',
    'iterations, %',
    'changed',
    'unsolved',
    'rise, fall',
    'gains',
  ];
  const text = `# What the constants of ${family} gain

Made by \`npm run bench -- ${family}/ablation\`: ${describe(results)}; ${results.problems} problems, the least processor time of ${rounds.join(' or ')} solves of each.
[How to read it](../../docs/developers/ablation.md).

${table(head, rows)}
`;
  writeFileSync(join(root, 'bench', family, 'ablation.md'), text);
}

// The process that solves ---------------------------------------------------------------------------------------------

/** A problem to solve, after a constant was set; or the list of all. */
interface Question {
  list?: true;
  problem?: string;
  name?: string;
  value?: number;
}

/** Solves problems in a process of its own, which is ended if it does not answer, and started again. */
class Solver {
  readonly #binary: string;
  #child: ChildProcess | undefined;

  constructor(binary: string) {
    this.#binary = binary;
  }

  /** The answer of the process; throws if there is none within these seconds. */
  ask(question: Question, limit: number): Promise<unknown> {
    const env = { ...process.env, NONCONVEX_BINARY: this.#binary, NONCONVEX_THREADS: '1', NONCONVEX_DEVICE: 'cpu' };
    const child = this.#child ?? fork(process.argv[1] as string, { env, serialization: 'advanced' });
    this.#child = child;
    return new Promise((accept, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        child.removeAllListeners();
      };
      const fail = (message: string): void => {
        settle();
        child.kill('SIGKILL');
        this.#child = undefined;
        reject(new Error(message));
      };
      const timer = setTimeout(() => fail(`no answer within ${short(limit)} s`), limit * 1e3);
      child.on('exit', (code, signal) => fail(`the process ended with ${signal ?? `status ${code}`}`));
      child.on('message', ({ answer, error }: { answer?: unknown; error?: string }) => {
        settle();
        if (error === undefined) accept(answer);
        else reject(new Error(error));
      });
      child.send(question);
    });
  }

  end(): void {
    this.#child?.kill();
  }
}

interface Case {
  name: string;
  prepare?(library: unknown): unknown;
  run(library: unknown, given: unknown): unknown;
}

/** Answers the questions of a {@link Solver}. */
async function answer({ parts, takes = () => true, outcome = outcomeOf }: Ablation): Promise<void> {
  const load = (path: string) => import(pathToFileURL(join(root, path)).href);
  const { loadLibrary, loadModule } = await load('scripts/compare/library.mjs');
  const { casesOf } = await load('scripts/compare/parts.mjs');
  const library = await loadLibrary(root);
  const shared = join(root, '..', 'shared');
  const side = {
    ...{ checkout: root, library },
    problems: process.env.NONCONVEX_PROBLEMS ?? join(shared, 'problems'),
    data: process.env.NONCONVEX_DATA ?? join(shared, 'data'),
    module: (file: string) => loadModule(file, root, library),
  };
  const cases = new Map<string, Case>();
  for (const part of parts) {
    const all: Case[] = await casesOf(part, side);
    for (const each of all.filter(({ name }) => takes(name))) {
      cases.set(cases.has(each.name) ? `${part}: ${each.name}` : each.name, each);
    }
  }
  const { default: addon } = await import(`node:module`).then(({ createRequire }) => ({
    default: createRequire(import.meta.url)(process.env.NONCONVEX_BINARY as string),
  }));
  const prepared = new Map<string, unknown>();
  const solve = async ({ problem = '', name, value }: Question): Promise<Solved> => {
    const chosen = cases.get(problem) as Case;
    if (!prepared.has(problem)) prepared.set(problem, await chosen.prepare?.(library));
    if (name !== undefined) addon.tune(name, value);
    const begin = process.cpuUsage();
    const result = await chosen.run(library, prepared.get(problem));
    const { user, system } = process.cpuUsage(begin);
    return { seconds: (user + system) / 1e6, outcome: outcome(result) };
  };
  process.on('message', (question: Question) => {
    const answered = question.list
      ? Promise.resolve({ usual: addon.tunables(), problems: [...cases.keys()] })
      : solve(question);
    answered.then(
      (value) => process.send?.({ answer: value }),
      (error: Error) => process.send?.({ error: error.message }),
    );
  });
}
