// The fixtures of all families, found in their folders. The contract tests hold every solver of the addon to the same
// promises through these; a solver without a fixture fails them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { solve as solveDirectly } from '../../src/core/solve.js';
import type { Progress, SolveResult } from '../../src/index.js';
import * as nonconvex from '../../src/index.js';
import type { Fixture, Kind, Problem } from './problem.js';

export { type Fixture, type Kind, numbers, type Problem, regression } from './problem.js';

const tests = join(import.meta.dirname, '..');

/**
 * The modules of a kind in the folders of tests: test/<family>/<kind>.ts has the family's name and is its first, test/<family>/<verb>.<kind>.ts
 * has the verb's, which is the solver's.
 */
export async function found<Module>(kind: string): Promise<{ family: string; name: string; module: Module }[]> {
  const pattern = new RegExp(`^(\\w+)[/\\\\](?:(\\w+)\\.)?${kind}\\.ts$`);
  const files = readdirSync(tests, { recursive: true }).flatMap((file) => {
    const [path, family = '', verb] = pattern.exec(String(file)) ?? [];
    return path === undefined ? [] : [{ path, family, name: verb ?? family, rank: `${family} ${verb ?? ''}` }];
  });
  files.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return Promise.all(
    files.map(async ({ path, family, name }) => ({
      family,
      name,
      module: (await import(join(tests, path))) as Module,
    })),
  );
}

/** The fixtures of each family's solvers, by name. */
const ofFamilies: Record<string, Record<string, Fixture>> = {};
for (const { family, name, module } of await found<{ fixture: Fixture }>('fixture')) {
  ofFamilies[family] = { ...ofFamilies[family], [name]: module.fixture };
}

/** Fixtures that the module named by NONCONVEX_FIXTURES exports, instead of those of the families. */
const others = process.env.NONCONVEX_FIXTURES
  ? ((await import(process.env.NONCONVEX_FIXTURES)) as { fixtures: Record<string, Fixture> }).fixtures
  : undefined;

/** A fixture for every solver. */
export const solverFixtures: Record<string, Fixture> = others ?? Object.assign({}, ...Object.values(ofFamilies));

/** The solvers that take turns in `npm test`, the given one among them: those of its family, or all toys. */
export function turnsWith(solver: string): string[] {
  if (others) return Object.keys(others);
  return (
    Object.values(ofFamilies)
      .map(Object.keys)
      .find((names) => names.includes(solver)) ?? [solver]
  );
}

/** One for every family: that of its first solver, with the problems of the others among its arrays and what is huge. */
export const fixtures: Record<string, Fixture> =
  others ??
  Object.fromEntries(Object.entries(ofFamilies).map(([family, each]) => [family, together(Object.entries(each))]));

function together([first, ...rest]: [string, Fixture][]): Fixture {
  const [, fixture] = first as [string, Fixture];
  if (rest.length === 0) return fixture;
  const smalls = rest.map(([name, { small }]): [string, Problem] => [name, small]);
  const named = (kind: 'arrays' | 'huge') =>
    rest.flatMap(([name, { [kind]: problems = {} }]) =>
      Object.entries(problems).map(([which, problem]): [string, Problem] => [`${name}, ${which}`, problem]),
    );
  return {
    ...fixture,
    arrays: { ...fixture.arrays, ...Object.fromEntries([...smalls, ...named('arrays')]) },
    huge: { ...fixture.huge, ...Object.fromEntries(named('huge')) },
  };
}

/** The problems that a GPU solves, by the family's name. */
export const kinds: Record<string, Kind> = Object.fromEntries(
  (await found<{ kind: Kind }>('onCuda')).map(({ name, module }) => [name, module.kind]),
);

type Solver = (data: object, settings?: object) => Promise<SolveResult>;

/** The function that solves a problem. */
export function solverOf({ solver, direct }: Problem): Solver {
  const [family = '', name = ''] = solver.split('/');
  if (direct) {
    return async (data, settings = {}) =>
      solveDirectly(name as never, data as never, settings, { cpuOnly: 'these problems' });
  }
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
