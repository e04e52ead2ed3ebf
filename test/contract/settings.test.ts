// Every setting of every solver, from the schema alone: bounds, types, unknown names.
import { describe, expect, it, vi } from 'vitest';
import { declaredSettings } from '../../scripts/declaredSettings.mjs';
import { addon, type SettingSchema, type SolverSchema } from '../../src/core/addon.js';
import { solve, solverFixtures } from './fixtures.js';

const { solvers, progress: common } = addon().schema();

it('has a fixture for every solver', () => {
  expect(Object.keys(solverFixtures).sort()).toEqual(Object.keys(solvers));
});

describe.each(Object.entries(solverFixtures))('%s', (name, { small }) => {
  const { settings: native, choices = [], progress, family = name } = solvers[name] as SolverSchema;
  const { rows, omitted } = declaredSettings(family, `${name[0]?.toUpperCase()}${name.slice(1)}Options`);
  const isDeclared = ({ name }: SettingSchema) => rows.some((row) => row.name === name);
  // Others are given in another form, which the family's own tests try.
  const settings = native.filter((setting) => !omitted.includes(setting.name) || isDeclared(setting));
  // Settings are read before anything runs: an aborted solve is enough to see them accepted.
  const run = (setting: SettingSchema, value: unknown) => {
    const owner = choices.find((choice) => choice.settings.includes(setting.name));
    const own = { [setting.name]: value };
    const given = owner ? { [owner.setting]: { kind: owner.name, ...own } } : own;
    const more = small.dataOf?.[owner?.name ?? ''];
    const of = more ? { ...small, data: { ...small.data, ...more } } : small;
    return solve(of, { ...given, signal: AbortSignal.abort() });
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

  it.each(choices.filter((choice) => choice.settings.length > 0))(
    'has settings of $name with the $setting alone',
    async ({ setting, name: choice, settings: [own] }) => {
      const beside = solve(small, { [setting]: choice, [own as string]: 1 });
      await expect(beside).rejects.toThrow(`'${own}' belongs to a ${setting}: ${setting}: ${choice}({ ${own}: 1 })`);
      const other = choices.find((each) => each.setting === setting && !each.settings.includes(own as string));
      if (!other) return;
      await expect(solve(small, { [setting]: { kind: other.name, [own as string]: 1 } })).rejects.toThrow(
        `${setting}.${own}: '${other.name}' does not read it; it belongs to `,
      );
      await expect(solve(small, { [setting]: { kind: choice, zebra: 1 } })).rejects.toThrow("unknown setting 'zebra'");
    },
  );

  it('has a sentence, a default and when to change it for each', () => {
    for (const setting of native) {
      expect(setting.doc).toMatch(/^[A-Z].*\.$/s);
      expect(setting.default ?? setting.defaultText).toBeDefined();
      expect(setting.when, setting.name).toMatch(/^(\S.*\.|for experts)$/);
    }
    const ofChoices = choices.flatMap(
      (choice) => declaredSettings(family, `SettingsOf<typeof declared.${choice.name}>`).rows,
    );
    const isOfStart = ({ name: path }: { name: string }) => path.startsWith('warmStart.');
    for (const { name, when } of [...rows, ...ofChoices].filter((row) => !isOfStart(row)))
      expect(when, name).toMatch(/^\S.*\.$/);
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
