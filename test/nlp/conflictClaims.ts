// Tests of conflicts by removal: all members contradict one another, and without any one of them the others do not.
import { expect } from 'vitest';
import { minimize, type NlpResult } from '../../src/index.js';
import { type Program, quadraticProgram } from '../../src/nlp/index.js';

type Conflict = NonNullable<NlpResult['conflict']>;

/** Sides and bounds of the members of a conflict alone. */
function boundsOf(program: Program, { constraints, bounds }: Conflict) {
  const { n, m } = program;
  const given = program.bounds;
  const made = {
    lower: new Float64Array(n).fill(-Infinity),
    upper: new Float64Array(n).fill(Infinity),
    constraintsLower: new Float64Array(m).fill(-Infinity),
    constraintsUpper: new Float64Array(m).fill(Infinity),
  };
  for (const { index, side } of constraints) {
    if (side !== 'upper') made.constraintsLower[index] = given.constraintsLower?.[index] ?? 0;
    if (side !== 'lower') made.constraintsUpper[index] = given.constraintsUpper?.[index] ?? 0;
  }
  for (const { index, side } of bounds) made[side][index] = given[side]?.[index] as number;
  return made;
}

/** True if the solver finds a point that satisfies these members. */
export type Satisfiable = (program: Program, members: Conflict) => Promise<boolean>;

/** Looks for the point of linear constraints that is nearest to 0. */
export const linearSatisfiable: Satisfiable = async (program, members) => {
  const { n, m } = program;
  const zero = new Float64Array(n);
  const { lower, upper, constraintsLower, constraintsUpper } = boundsOf(program, members);
  const constants = program.constraints(zero);
  const Q = { rows: n, columns: n, data: new Float64Array(n * n) };
  for (let j = 0; j < n; ++j) Q.data[j * n + j] = 1;
  const moved = (sides: Float64Array) => sides.map((side, i) => side - (constants[i] as number));
  const G = { rows: m, columns: n, data: new Float64Array(m * n) };
  const { offsets, indices, values } = program.jacobian(zero);
  for (let i = 0; i < m; ++i) {
    for (let k = offsets[i] as number; k < (offsets[i + 1] as number); ++k) {
      G.data[i * n + (indices[k] as number)] = values[k] as number;
    }
  }
  const rows = m > 0 ? { G, atLeast: moved(constraintsLower), atMost: moved(constraintsUpper) } : {};
  const { status } = await minimize(quadraticProgram({ Q, c: zero, lower, upper, ...rows }));
  expect(['solved', 'infeasible']).toContain(status);
  return status === 'solved';
};

/** Solves the problem with its own objective under the sides and bounds of the members alone. */
export const satisfiable: Satisfiable = async (program, members) => {
  Object.defineProperty(program, 'bounds', { value: boundsOf(program, members), configurable: true });
  const { status } = await minimize(program);
  Reflect.deleteProperty(program, 'bounds');
  expect(['solved', 'unbounded', 'infeasible']).toContain(status);
  return status !== 'infeasible';
};

/** Expects a conflict whose members are all needed, of which `every` so many are tried. */
export async function expectIrreducible(
  program: Program,
  conflict: Conflict | undefined,
  test: Satisfiable,
  every = 1,
): Promise<void> {
  expect(conflict?.irreducible).toBe(true);
  const members = conflict as Conflict;
  expect(await test(program, members), 'all of them').toBe(false);
  for (const kind of ['constraints', 'bounds'] as const) {
    for (const left of members[kind].filter((_, k) => k % every === 0)) {
      const others = { ...members, [kind]: members[kind].filter((member) => member !== left) };
      expect(await test(program, others), `without ${kind} ${left.index}`).toBe(true);
    }
  }
}
