// Every public function that takes an object of options refuses a name that it does not know, and says which one may be meant.
import { describe, expect, it } from 'vitest';
import * as nonconvex from '../../src/index.js';
import { found, solverFixtures, solverOf } from './fixtures.js';
import type { Options, Renamed, Takes, Taking } from './takesOptions.js';

const given = (await found<{ taking: Taking; others: readonly string[]; renamed?: Renamed }>('options')).map(
  ({ module }) => module,
);

/** The functions that solve, with their settings. */
const solvers = Object.values(solverFixtures)
  .filter(({ small }) => !small.direct)
  .map(({ small }): [string, Takes] => {
    const call = (options: Options) => {
      const problem = small.build ? small.build(nonconvex, small.data as never) : small.data;
      return solverOf(small)(problem, { ...small.settings, ...options });
    };
    return [small.solver, ['maxIterations', call]];
  });

const taking: Taking = Object.assign(Object.fromEntries(solvers), ...given.map((module) => module.taking));
const renamed = given.flatMap((module) => module.renamed ?? []);
const others = given.flatMap((module) => module.others).concat('devices', 'poolStats');

/** The error of a call, thrown or rejected. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

const isFunction = (value: unknown): boolean =>
  typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));

describe('options of', () => {
  it.each(Object.entries(taking))('%s are known by name', async (_, [known, call]) => {
    const unknown = await errorOf(() => call({ zebra: 1 } as never));
    expect(unknown).toBeInstanceOf(TypeError);
    expect(String(unknown)).toMatch(/unknown (setting|option|member) 'zebra'\. Known \1s: /);
    expect(String(unknown)).toContain(known);
    if (known.length < 3) return;
    const swapped = `${known.slice(0, -2)}${known.at(-1)}${known.at(-2)}`;
    const misspelt = await errorOf(() => call({ [swapped]: undefined } as never));
    expect(misspelt).toBeInstanceOf(TypeError);
    expect(String(misspelt)).toContain(`'${swapped}': did you mean '${known}'?`);
  });

  it.each(renamed)('%s say what %s is called now', async (name, old, now) => {
    const error = await errorOf(() => (taking[name] as Takes)[1]({ [old]: 1 } as never));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(`'${old}': '${old}' is now '${now}'`);
  });

  it('all solvers and most other functions are refused in words where they are a revoked proxy', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const direct = Object.values(solverFixtures)
      .filter(({ small }) => !small.direct)
      .map(({ small }): [string, () => unknown] => {
        const problem = small.build ? small.build(nonconvex, small.data as never) : small.data;
        return [small.solver, () => solverOf(small)(problem, proxy)];
      });
    const calls = given.flatMap(({ taking: some }) =>
      Object.entries(some).map(([name, [, call]]): [string, () => unknown] => [name, () => call(proxy as never)]),
    );
    const said: string[] = [];
    for (const [name, call] of [...direct, ...calls]) {
      const error = (await errorOf(call)) as Error;
      // Some calls of the families' tests spread the options themselves.
      if (!/^.*\n.*\/test\/\w+\/(\w+\.)?options\.ts/.test(error?.stack ?? '')) said.push(`${name}: ${error}`);
    }
    expect(said.length).toBeGreaterThan(direct.length + 20);
    expect(said.filter((text) => !/TypeError: .* = a revoked proxy: expected an object/.test(text))).toEqual([]);
  });

  it('all public functions are tested here', () => {
    const tested = new Set([...Object.keys(taking).map((key) => key.split(/[/,]/)[1]), ...others]);
    const spaces = Object.values(nonconvex).filter((value) => typeof value === 'object');
    const all = [nonconvex, ...spaces].flatMap((space) => Object.entries(space));
    const missing = all.filter(([name, value]) => isFunction(value) && !tested.has(name));
    expect(missing.map(([name]) => name)).toEqual([]);
  });
});
