// Curves fitted under constraints: iterations of minimizeSquares, which takes exact second derivatives, beside those of the same method
// with Gauss and Newton's J^T J in place of the objective's Hessian, for some iterations or always, and beside scipy's methods.
//
//   npm run bench -- fit/constrained        into bench/fit/page.md and bench/fit/constrained.results.json
//
// Without scipy our own runs alone.
import type { SparseMatrix } from '../../src/core/matrix.js';
import { robustSum } from '../../src/expressions/losses.js';
import { minimizeSquares } from '../../src/fit/index.js';
import { fromCallbacks, minimize } from '../../src/nlp/index.js';
import { type ConstrainedFit, constrainedFits, constrainedProblem } from '../../test/fit/constrained.js';
import { Python } from '../shared/python.js';
import { describe, environment, table, writeResults, writeSection } from '../shared/report.js';

interface Run {
  problem: string;
  method: string;
  solved: boolean;
  iterations: number;
  objective: number | null;
}

function eachEntry(A: SparseMatrix, visit: (line: number, index: number, value: number) => void): void {
  for (let line = 0; line + 1 < A.offsets.length; ++line)
    for (let k = A.offsets[line] as number; k < (A.offsets[line + 1] as number); ++k)
      visit(line, A.indices[k] as number, A.values[k] as number);
}

/** Adds J^T J to a matrix. */
function addSquare(J: SparseMatrix, n: number, values: Float64Array): void {
  const rows: [number, number][][] = Array.from({ length: J.rows }, () => []);
  eachEntry(J, (i, j, value) => rows[i]?.push([j, value]));
  for (const row of rows)
    for (const [i, left] of row)
      for (const [j, right] of row) values[n * i + j] = (values[n * i + j] as number) + left * right;
}

/** The fit with J^T J in the first Hessians, `count` of them. */
function gaussNewton(name: string, count: number) {
  const { model, residuals } = constrainedProblem(name);
  const whole = model.compile(robustSum('squared', 1, residuals));
  const ofResiduals = model.compileResiduals(residuals);
  const { n, m, start } = whole;
  const { lower, upper, constraintsLower = 0, constraintsUpper = 0 } = whole.bounds;
  let hessians = 0;
  return fromCallbacks({
    ...{ n, m, start, constraintsLower, constraintsUpper, ...(lower && { lower, upper }) },
    objective: (x) => whole.objective(x),
    gradient: (x, g) => g.set(whole.gradient(x)),
    constraints: (x, c) => c.set(whole.constraints(x)),
    jacobian: (x, values) =>
      eachEntry(whole.jacobian(x), (i, j, value) => {
        values[n * i + j] = value;
      }),
    hessian: (x, multipliers, values) => {
      const replaced = ++hessians <= count;
      eachEntry(whole.hessian(x, multipliers, replaced ? 0 : 1), (j, i, value) => {
        values[n * i + j] = values[n * j + i] = value;
      });
      if (replaced) addSquare(ofResiduals.jacobian(x), n, values);
    },
  });
}

async function runsOf(name: string, fit: ConstrainedFit, scipy: Python | undefined): Promise<Run[]> {
  const runs: Run[] = [];
  const add = (method: string, solved: boolean, { iterations, objective }: Pick<Run, 'iterations' | 'objective'>) =>
    runs.push({ problem: name, method, solved, iterations, objective });
  const ours = await minimizeSquares(constrainedProblem(name));
  add('exact', ours.status === 'solved', ours);
  for (const [method, count] of [
    ['J^T J, 3 times', 3],
    ['J^T J, 8 times', 8],
    ['J^T J', Number.POSITIVE_INFINITY],
  ] as const) {
    const found = await minimize(gaussNewton(name, count));
    add(method, found.status === 'solved', found);
  }
  const { x, y, start, lower } = fit;
  for (const method of scipy ? ['SLSQP', 'trust-constr'] : []) {
    const found = (await scipy?.ask({ name, x, y, start, lower, method })) as unknown as Run & { success: boolean };
    add(`scipy ${method}`, found.success, found);
  }
  return runs;
}

const scipy = await Python.start('bench/fit/scipy_constrained.py');
const all: Run[] = [];
for (const [name, fit] of Object.entries(constrainedFits)) all.push(...(await runsOf(name, fit, scipy)));
scipy?.end();

/** Iterations, with a mark where the end is another one than the lowest that was called solved. */
function cell(run: Run): string {
  const ends = all.filter(({ problem, solved }) => problem === run.problem && solved);
  const least = Math.min(...ends.map(({ objective }) => objective ?? Number.POSITIVE_INFINITY));
  const same = (run.objective ?? Number.POSITIVE_INFINITY) <= least + 1e-6 * Math.abs(least);
  return `${run.iterations}${run.solved ? '' : ' not solved'}${same ? '' : ' higher'}`;
}

const methods = [...new Set(all.map(({ method }) => method))];
const rows = Object.keys(constrainedFits).map((name) => [
  name,
  ...methods.map((method) => cell(all.find((run) => run.problem === name && run.method === method) as Run)),
]);
const text = table(['iterations', ...methods], rows);
console.log(text);
const e = environment();
writeResults('fit/constrained', { environment: e, runs: all });
writeSection(
  'bench/fit/page.md',
  'constrained',
  `${describe(e)}${scipy ? `, scipy ${scipy.greeting.version}` : ''}. Iterations of one solve each. 'higher': the end has a larger objective than the lowest one that was called solved. scipy's derivatives are differences.\n\n${text}`,
);
