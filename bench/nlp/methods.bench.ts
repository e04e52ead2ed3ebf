// Newton's method on the exact augmented Lagrangian beside the interior-point method, whose filter is all that is left of it
// without bounds: on problems that both take, under equations and without constraints.
//
//   npm run bench -- nlp/methods [MODEL.nl ...]
//
// The tests' own problems, and those of the .nl files that have neither bounds nor inequalities.
import { basename } from 'node:path';
import { toProgram } from '../../src/expressions/model.js';
import { type Model, minimize, type NlpResult } from '../../src/index.js';
import { type Program, readNl } from '../../src/nlp/index.js';
import { problems } from '../../test/problems/nlp.js';
import { describe, environment, median, short, table } from '../shared/report.js';

type Method = 'exactAugmentedLagrangian' | 'interiorPoint';

interface Run {
  result: NlpResult;
  seconds: number;
}

interface Comparison {
  name: string;
  exact: Run;
  filter: Run;
}

/** A solve, with the median time of some. */
async function run(problem: Model | Program, method: Method): Promise<Run> {
  const repeats = 3;
  const seconds: number[] = [];
  let result: NlpResult | undefined;
  for (let k = 0; k < repeats; ++k) {
    result = await minimize(problem, { method, timeLimit: 20, threads: 1 });
    seconds.push(result.seconds);
  }
  return { result: result as NlpResult, seconds: median(seconds) };
}

async function compare(name: string, problem: Model | Program): Promise<Comparison> {
  return {
    name,
    exact: await run(problem, 'exactAugmentedLagrangian'),
    filter: await run(problem, 'interiorPoint'),
  };
}

/** Returns true if Newton's method takes the problem: m <= n equations and no bounds. */
function underEquationsAlone({ n, m, bounds }: Program): boolean {
  const { lower, upper, constraintsLower, constraintsUpper } = bounds;
  const free = [...(lower ?? []), ...(upper ?? [])].every((bound) => Math.abs(bound) >= 1e19);
  return (
    free &&
    m <= n &&
    Array.from({ length: m }, (_, i) => i).every((i) => (constraintsLower?.[i] ?? 0) === (constraintsUpper?.[i] ?? 0))
  );
}

const solved = ({ result }: Run) => result.status === 'solved';

/** The geometric mean of the ratios of a number, exact to filter, where both have solved. */
function ratio(both: readonly Comparison[], of: (run: Run) => number): string {
  const logs = both.map(({ exact, filter }) => Math.log(Math.max(1e-9, of(exact)) / Math.max(1e-9, of(filter))));
  return short(Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length));
}

function row(title: string, all: readonly Comparison[]): string[] {
  const both = all.filter(({ exact, filter }) => solved(exact) && solved(filter));
  const counted = (of: (result: NlpResult) => number) => (each: Run) => Math.max(1, of(each.result));
  return [
    title,
    String(all.length),
    String(all.filter(({ exact }) => solved(exact)).length),
    String(all.filter(({ filter }) => solved(filter)).length),
    String(both.length),
    ratio(
      both,
      counted(({ iterations }) => iterations),
    ),
    ratio(
      both,
      counted(({ counts }) => counts.objective),
    ),
    ratio(
      both,
      counted(({ counts }) => counts.factorization),
    ),
    ratio(both, ({ seconds }) => seconds),
  ];
}

const underEquations: Comparison[] = [];
const withoutConstraints: Comparison[] = [];
for (const { name, build } of problems) {
  const model = build();
  (toProgram('model', model).m > 0 ? underEquations : withoutConstraints).push(await compare(name, model));
}
const given: Comparison[] = [];
for (const path of process.argv.slice(2)) {
  const program = await readNl(path).catch(() => undefined); // imported functions
  if (program && underEquationsAlone(program)) given.push(await compare(basename(path, '.nl'), program));
}
console.log(`${describe(environment())}\n`);
const titles = ['problems', 'number', 'exact', 'filter', 'both', 'iterations', 'values of f', 'factors', 'time'];
const rows = [
  row("the tests' own, under equations", underEquations),
  row("the tests' own, without constraints", withoutConstraints),
  row('AMPL models', given),
];
console.log(
  table(
    titles,
    rows.filter(([, number]) => number !== '0'),
  ),
);
for (const { name, exact, filter } of [...underEquations, ...withoutConstraints, ...given]) {
  if (solved(exact) !== solved(filter)) console.log(`${name}: ${exact.result.status}, ${filter.result.status}`);
}
