// Costs that are read from decisions: how much worse decisions by them are in new contexts, by linear programs of several seeds and numbers of decisions.
//
//   npm run bench -- nlp/inverse            into bench/nlp/inverse.md and bench/nlp/inverse.results.json
import { inverseLinearProgram, minimize, quadraticProgram } from '../../src/nlp/index.js';
import { costOf, observed, type Rows } from '../../test/nlp/inverseJudge.js';
import { describe, environment, median, short, table, writeResults, writeSection } from '../shared/report.js';

const [rowsOfA, columns, contexts, others, seeds] = [8, 20, 5, 200, 5];

const product = (c: readonly number[], x: ArrayLike<number>) =>
  c.reduce((sum, value, j) => sum + value * (x[j] as number), 0);

const rows: string[][] = [];
const results: object[] = [];
for (const n of [50, 200, 800]) {
  const [same, regrets, seconds]: [number[], number[], number[]] = [[], [], []];
  for (let seed = 1; seed <= seeds; ++seed) {
    const all = observed(rowsOfA, columns, contexts, n + others, seed);
    const solutions: Rows = [];
    for (const z of all.contexts) {
      const program = quadraticProgram({ c: costOf(all.theta, z), A: all.a, b: all.b, lower: 0 });
      solutions.push(Array.from((await minimize(program, { method: 'simplex' })).x));
    }
    const seen = { contexts: all.contexts.slice(0, n), solutions: solutions.slice(0, n) };
    const begin = process.cpuUsage();
    const fit = await inverseLinearProgram({ a: all.a, b: all.b, ...seen }, { lambda: 1e-4, threads: 1 });
    const { user, system } = process.cpuUsage(begin);
    if (fit.status !== 'solved') throw new Error(`${n} decisions, seed ${seed}: ${fit.status}`);
    let [lost, best, equal] = [0, 0, 0];
    for (let i = n; i < n + others; ++i) {
      const [z, right] = [all.contexts[i] as number[], solutions[i] as number[]];
      const c = costOf(all.theta, z);
      const { x } = await fit.decide(z);
      lost += product(c, x) - product(c, right);
      best += Math.abs(product(c, right));
      if (right.every((value, j) => Math.abs(value - (x[j] as number)) < 1e-6)) ++equal;
    }
    same.push(equal / others);
    regrets.push(lost / best);
    seconds.push((user + system) / 1e6);
  }
  const range = (values: readonly number[]) => `${short(Math.min(...values))} to ${short(Math.max(...values))}`;
  rows.push([String(n), range(same), range(regrets), short(median(regrets)), short(median(seconds))]);
  results.push({ n, same, regrets, seconds });
  console.log(rows.at(-1)?.join('  '));
}
const head = ['decisions', 'the same decision', 'relative regret', 'median', 'CPU s'];
console.log(`\n${table(head, rows)}`);
writeResults('nlp/inverse', { environment: environment(), results });
writeSection(
  'bench/nlp/inverse.md',
  'decisions',
  `${describe(environment())}

Linear programs of ${rowsOfA} equations and ${columns} columns whose costs are linear in contexts of ${contexts} numbers, ${seeds} of each size, lambda = 1e-4. Of ${others} new contexts: the share with
the same decision as by the true costs, and the sum of what decisions cost more by the true ones, relative to the least sum. Processor time of a fit, one thread.

${table(head, rows)}`,
);
