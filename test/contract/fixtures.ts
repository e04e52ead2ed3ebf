// The fixtures of all families, found in their folders. The contract tests hold every solver of the addon to the same
// promises through these; a solver without a fixture fails them.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { solve as solveDirectly } from '../../src/core/solve.js';
import type { Progress, SolveResult } from '../../src/index.js';
import * as nonconvex from '../../src/index.js';
import type { Fixture, Kind, Problem } from './problem.js';

export { type Fixture, type Kind, numbers, type Problem, regression } from './problem.js';

const tests = join(import.meta.dirname, '..');

/** The modules of that name in the folders of tests, by the folder's name. */
export async function found<Module>(file: string): Promise<[string, Module][]> {
  const modules: [string, Module][] = [];
  for (const name of readdirSync(tests)) {
    const path = join(tests, name, file);
    if (existsSync(path)) modules.push([name, (await import(path)) as Module]);
  }
  return modules;
}

/** The fixtures of each family's solvers, by name. */
const ofFamilies: [family: string, Record<string, Fixture>][] = (
  await found<{ fixture?: Fixture; fixtures?: Record<string, Fixture> }>('fixture.ts')
).map(([family, { fixture, fixtures }]) => [family, fixtures ?? { [family]: fixture as Fixture }]);

/** Fixtures that the module named by NONCONVEX_FIXTURES exports, in place of those of the families. */
const others = process.env.NONCONVEX_FIXTURES
  ? ((await import(process.env.NONCONVEX_FIXTURES)) as { fixtures: Record<string, Fixture> }).fixtures
  : undefined;

/** A fixture for every solver. */
export const solverFixtures: Record<string, Fixture> =
  others ?? Object.assign({}, ...ofFamilies.map(([, fixtures]) => fixtures));

/** The solvers that take turns in `npm test`, the given one among them: those of its family, or all toys. */
export function turnsWith(solver: string): string[] {
  if (others) return Object.keys(others);
  return ofFamilies.map(([, fixtures]) => Object.keys(fixtures)).find((names) => names.includes(solver)) ?? [solver];
}

/** One for every family: that of its first solver, with the problems of the others among its arrays and what is huge. */
export const fixtures: Record<string, Fixture> =
  others ?? Object.fromEntries(ofFamilies.map(([family, fixtures]) => [family, together(Object.entries(fixtures))]));

function together([first, ...rest]: [string, Fixture][]): Fixture {
  const [, fixture] = first as [string, Fixture];
  if (rest.length === 0) return fixture;
  const smalls = rest.map(([name, { small }]): [string, Problem] => [name, small]);
  const arrays = rest.flatMap(([name, { arrays = {} }]) =>
    Object.entries(arrays).map(([which, problem]): [string, Problem] => [`${name}, ${which}`, problem]),
  );
  const huge = rest.flatMap(([, { huge = {} }]) => Object.entries(huge));
  return {
    ...fixture,
    arrays: { ...fixture.arrays, ...Object.fromEntries([...smalls, ...arrays]) },
    huge: { ...fixture.huge, ...Object.fromEntries(huge) },
  };
}

/** What solves on a GPU, by the family's name. */
export const kinds: Record<string, Kind> = Object.fromEntries(
  (await found<{ kind: Kind }>('onCuda.ts')).map(([name, { kind }]) => [name, kind]),
);

type Solver = (data: object, settings?: object) => Promise<SolveResult>;

/** The function that solves a problem. */
export function solverOf({ solver, direct }: Problem): Solver {
  const [family = '', name = ''] = solver.split('/');
  if (direct) return async (data, settings = {}) => solveDirectly(name, data, settings, { cpuOnly: 'these problems' });
  return (nonconvex as unknown as Record<string, Record<string, Solver>>)[family]?.[name] as Solver;
}

/** Solves a fixture in this thread, with further settings. */
export async function solve(problem: Problem, more: Record<string, unknown> = {}): Promise<SolveResult> {
  const { data, settings, build } = problem;
  return solverOf(problem)(build ? build(nonconvex, data as never) : data, { ...settings, ...more });
}

/** A result without what may differ from run to run. */
export function timeless(result: SolveResult): object {
  const { seconds, time, history, ...rest } = result as SolveResult & { time?: unknown };
  return { ...rest, history: history.map(({ seconds, ...report }: Progress) => report) };
}
