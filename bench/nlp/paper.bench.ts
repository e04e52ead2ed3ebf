// The 47 problems of CUTEst in the paper of Hong, Na, Mahoney and Kolar: iterations and inner
// steps of the sketched solver beside the authors', and the exact one to full accuracy.
//
//   npm run bench -- nlp/paper

import { toProgram } from '../../src/expressions/model.js';
import type { Model } from '../../src/index.js';
import { minimize, type NlpSettings } from '../../test/flat.js';
import { paperProblems } from '../../test/problems/paper.js';
import { table } from '../shared/report.js';

/** Settings as published: accuracy and shifts, multipliers that begin at 0, no scaling. */
const published: NlpSettings = { inner: 'sketch', accuracy: 'paper', shift: 'paper', scaling: false };
const kinds = ['block', 'kaczmarz', 'gaussian', 'count', 'srht'] as const;

interface Solved {
  status: string;
  iterations: number;
  steps: number;
  /** ||(grad L, c)||_2 of the problem as it was given. */
  norm: number;
}

/** Until ||F||_2 <= tolerance: `minimize` tests the largest entry. */
async function solve(model: Model, settings: NlpSettings, tolerance: number): Promise<Solved> {
  for (let asked = tolerance; ; asked /= 2) {
    const { status, iterations, counts, x, multipliers } = await minimize(model, { ...settings, tolerance: asked });
    const norm = residual(model, x, multipliers);
    const solved = { status, iterations, steps: counts.innerSteps, norm };
    if (norm <= tolerance || status !== 'solved') return solved;
  }
}

function residual(model: Model, x: Float64Array, multipliers: Float64Array): number {
  const program = toProgram('model', model);
  const g = program.gradient(x);
  const byMultipliers = program.jacobianTransposedProduct(x, multipliers);
  return Math.hypot(...g.map((value, j) => value + (byMultipliers[j] as number)), ...program.constraints(x));
}

const rows: string[][] = [];
const misses = { converged: 0, iterations: 0, steps: 0, exact: 0 };
for (const { name, iterations, steps, problem } of paperProblems) {
  const model = problem.build();
  const start = { x: toProgram('model', model).start, multipliers: new Float64Array(model.m) };
  const cells: string[] = [];
  for (const sketch of kinds) {
    const solved = await solve(model, { ...published, sketch, warmStart: start }, 1e-4);
    cells.push(`${solved.iterations} ${solved.steps}${solved.norm <= 1e-4 ? '' : ` ${solved.status}`}`);
    if (sketch !== 'block') continue;
    if (solved.status !== 'solved' || !(solved.norm <= 1e-4)) ++misses.converged;
    if (solved.iterations > iterations) ++misses.iterations;
    if (steps !== undefined && solved.steps >= steps) ++misses.steps;
  }
  const exact = await solve(model, { scaling: false }, 1e-10);
  if (exact.status !== 'solved' || !(exact.norm <= 1e-10)) ++misses.exact;
  const { n, m } = model;
  rows.push([
    name,
    String(n),
    String(m),
    String(iterations),
    String(steps ?? ''),
    ...cells,
    String(exact.iterations),
    exact.norm.toExponential(1),
  ]);
}

const head = ['problem', 'n', 'm', 'authors', 'steps by descent', ...kinds, 'exact', '||F||'];
console.log(table(head, rows));
console.log(`
${paperProblems.length} problems. authors: outer iterations published for Kaczmarz, ||F||_2 <= 1e-4; steps by descent: of Kaczmarz
with the accuracy that descent asks for. By kind of sketch: our outer iterations and inner steps, as published but for
the combination of rounds (sketchMemory). exact: our iterations to ||F||_2 <= 1e-10.
sketch (block): not converged ${misses.converged}, more iterations than the authors ${misses.iterations}, not fewer steps than by descent ${misses.steps};
exact: not to 1e-10 ${misses.exact}`);
if (Object.values(misses).some((count) => count > 0)) process.exitCode = 1;
