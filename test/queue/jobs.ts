// Jobs of all kinds: the small problems of the contract tests as messages, and programs.

import * as nonconvex from '../../src/index.js';
import type { SolveJob } from '../../src/queue/index.js';
import { type Problem, solverFixtures, solverOf } from '../contract/fixtures.js';

/** A job, and what solves the same problem here. */
export interface Case {
  job: SolveJob;
  solve(): Promise<unknown>;
}

const rows = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(i * i)]);
const signs = rows.map(([a = 0, b = 0], i) => (a + 0.5 * b + 0.4 * Math.sin(7 * i) > 0 ? 1 : -1));
const { nlp } = nonconvex;
const regression = { x: rows, y: signs, ridge: 0.1 };
const quadratic = {
  Q: [
    [2, 0.5],
    [0.5, 1],
  ],
  c: [1, 1],
  lower: [0, -1],
};
const [mu, Sigma] = [
  [0.01, 0.02, 0.015],
  [
    [0.04, 0.01, 0],
    [0.01, 0.09, 0.01],
    [0, 0.01, 0.05],
  ],
];

/** The problem of a fixture as plain data, which it may be built as; undefined where it is a program. */
function plain({ data, build }: Problem): unknown {
  const built = build ? build(nonconvex, data as never) : data;
  const isProgram = (value: unknown): boolean => value instanceof nonconvex.Model;
  return isProgram(built) || Object.values(built).some(isProgram) || 'toNative' in built ? undefined : built;
}

/** One job of every solver of the package, by name, and of functions with several arguments and of programs. */
export const cases: Record<string, Case> = {
  ...Object.fromEntries(
    Object.entries(solverFixtures).flatMap(([name, { small }]) => {
      const problem = small.direct ? undefined : plain(small);
      if (problem === undefined) return [];
      const { solver: kind, settings } = small;
      return [[name, { job: { kind, problem, settings }, solve: () => solverOf(small)(problem as object, settings) }]];
    }),
  ),
  logisticRegression: {
    job: { kind: 'nlp/minimize', problem: { make: 'nlp/logisticRegression', of: [regression] }, settings: { seed: 3 } },
    solve: () => nlp.minimize(nlp.logisticRegression(regression), { seed: 3 }),
  },
  quadraticProgram: {
    job: { kind: 'nlp/minimize', problem: { make: 'nlp/quadraticProgram', of: [quadratic] } },
    solve: () => nlp.minimize(nlp.quadraticProgram(quadratic)),
  },
  maxSharpe: {
    job: { kind: 'fractional/maxSharpe', problem: { mu, Sigma } },
    solve: () => nonconvex.fractional.maxSharpe({ mu, Sigma }),
  },
};
