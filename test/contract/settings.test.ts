// Every setting of every solver, from the schema alone: bounds, types, unknown names.
import { describe, expect, it, vi } from 'vitest';
import { addon, type SettingSchema, type SolverSchema } from '../../src/core/addon.js';
import { solve, solverFixtures } from './fixtures.js';

const { solvers, progress: common } = addon().schema();

it('has a fixture for every solver', () => {
  expect(Object.keys(solverFixtures).sort()).toEqual(Object.keys(solvers));
});

describe.each(Object.entries(solverFixtures))('%s', (name, { small }) => {
  const { settings, methods = [], progress } = solvers[name] as SolverSchema;
  // Settings are read before anything runs: an aborted solve is enough to see them accepted.
  const run = (setting: SettingSchema, value: unknown) => {
    const owner = methods.find((method) => method.settings.includes(setting.name));
    const own = { [setting.name]: value };
    return solve(small, { ...(owner ? { method: { kind: owner.name, ...own } } : own), signal: AbortSignal.abort() });
  };
  const accepts = async (setting: SettingSchema, value: unknown) =>
    expect(['aborted', 'solved']).toContain((await run(setting, value)).status);
  const refuses = async (setting: SettingSchema, value: unknown, type: typeof TypeError | typeof RangeError) => {
    const error: unknown = await run(setting, value).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error, `${setting.name} = ${String(value)}`).toBeInstanceOf(type);
    expect((error as Error).message).toMatch(new RegExp(`^${setting.name} = .*: expected `));
  };

  it.each(settings)('$name', async (setting) => {
    await accepts(setting, undefined);
    // A choice of the addon between true, false and more is given as truth values by users.
    const usual = { true: true, false: false }[String(setting.default)] ?? setting.default;
    if (usual !== undefined) await accepts(setting, usual);
    for (const wrong of [null, {}, [], () => {}, Symbol.iterator]) await refuses(setting, wrong, TypeError);

    if (Array.isArray(setting.type)) {
      await refuses(setting, 'nonsense', RangeError);
      await refuses(setting, '', RangeError);
      await refuses(setting, 1, TypeError);
    } else if (setting.type === 'boolean') {
      await accepts(setting, !setting.default);
      await refuses(setting, 0, TypeError);
      await refuses(setting, 'true', TypeError);
    } else {
      const { type, lower = 0, upper = 0, openLower, openUpper } = setting;
      await refuses(setting, '1', TypeError);
      await refuses(setting, true, TypeError);
      await refuses(setting, Number.NaN, RangeError);
      if (type === 'integer') await refuses(setting, lower + 0.5, RangeError);
      await (openLower ? refuses(setting, lower, RangeError) : accepts(setting, lower));
      await (openUpper ? refuses(setting, upper, RangeError) : accepts(setting, upper));
      if (Number.isFinite(lower)) await refuses(setting, lower - 1, RangeError);
      if (Number.isFinite(upper)) await refuses(setting, upper + Math.max(1, upper * 1e-15), RangeError);
      await refuses(setting, Number.NEGATIVE_INFINITY, RangeError);
    }
  });

  it.each(methods.filter((method) => method.settings.length > 0))(
    'has settings of $name with the method alone',
    async ({ name: method, settings: [own] }) => {
      const beside = solve(small, { method, [own as string]: 1 });
      await expect(beside).rejects.toThrow(`'${own}' belongs to a method: method: ${method}({ ${own}: 1 })`);
      const other = methods.find((each) => !each.settings.includes(own as string));
      if (!other) return;
      await expect(solve(small, { method: { kind: other.name, [own as string]: 1 } })).rejects.toThrow(
        `method.${own}: '${other.name}' does not read it; it belongs to `,
      );
      await expect(solve(small, { method: { kind: method, zebra: 1 } })).rejects.toThrow("unknown setting 'zebra'");
    },
  );

  it('has a sentence and a default for each', () => {
    for (const setting of settings) {
      expect(setting.doc).toMatch(/^[A-Z].*\.$/s);
      expect(setting.default ?? setting.defaultText).toBeDefined();
    }
  });

  it('prints the columns that its reports declare', async () => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { history } = await solve(small, { verbose: true });
    const heading = String(printed.mock.calls[0]?.[0]);
    printed.mockRestore();
    const declared = [...common, ...progress].flatMap(({ name, column }) => (column ? [{ name, ...column }] : []));
    expect(declared.map((column) => column.name)).toContain('objective');
    const known = declared.filter((column) => history.some((report) => column.name in report));
    expect(heading.trim().replaceAll(/ +/g, ' ')).toBe(
      ['iter', ...known.map(({ title }) => title), 'seconds'].join(' '),
    );
  });

  it('refuses unknown names', async () => {
    await expect(solve(small, { maxiterations: 5 })).rejects.toThrow(
      /^unknown setting 'maxiterations': did you mean 'maxIterations'\? Known settings: maxIterations, /,
    );
    await expect(solve(small, { sgnal: undefined })).rejects.toThrow("did you mean 'signal'?");
    await expect(solve(small, { zebra: 1 })).rejects.toThrow(/^unknown setting 'zebra'\. Known settings: /);
    await expect(solve(small, { zebra: 1 })).rejects.toBeInstanceOf(TypeError);
  });

  it('checks the settings of every call', async () => {
    await expect(solve(small, { device: 5 })).rejects.toThrow(/^device = 5: expected one of 'auto'/);
    await expect(solve(small, { device: 'gpu' })).rejects.toThrow(RangeError);
    await expect(solve(small, { signal: {} })).rejects.toThrow(/^signal = an object: expected an AbortSignal/);
    await expect(solve(small, { onProgress: 1 })).rejects.toThrow(/^onProgress = 1: expected a function/);
  });
});
