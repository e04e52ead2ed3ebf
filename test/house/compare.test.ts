// The comparison of two builds: a changed bit is found and named, and nothing else is.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chosenParts, parts } from '../../scripts/compare/parts.mjs';
import { differencesOf, describe as lineOf } from '../../scripts/compare/report.mjs';
import { root } from './sources.js';

/** The number next to another, farther from 0. */
function next(value: number): number {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] = (bits[0] as bigint) + 1n;
  return new Float64Array(bits.buffer)[0] as number;
}

const result = (members: Record<string, unknown>) => new Map(Object.entries(members));

describe('differences of two results', () => {
  it('are found to the last bit, with their place and size', () => {
    const before = result({ status: 'solved', x: Float64Array.of(1, 3, 5), objective: 0.25 });
    const after = result({ status: 'solved', x: Float64Array.of(1, next(3), 5), objective: 0.25 });
    expect(differencesOf(before, before)).toEqual([]);
    const [difference, ...others] = differencesOf(before, after);
    expect(others).toEqual([]);
    expect(difference).toMatchObject({ member: 'x', count: 1, place: 1, at: [3, next(3)], relative: 2 ** -51 / 5 });
    expect(lineOf(difference as NonNullable<typeof difference>)).toMatch(
      /^x: \w{16} \(3 numbers\) -> \w{16} \(3 numbers\), relative 8\.9e-17, 1 of 3, most at \[1\]: 3 -> 3\.0000000000000004$/,
    );
  });

  it.each([
    ['the sign of 0', 0, -0],
    ['a number that is none', 1, Number.NaN],
    ['infinity', 1, Number.POSITIVE_INFINITY],
    ['words', 'solved', 'stalled'],
    ['the kind of an array', Float64Array.of(1), Float32Array.of(1)],
    ['the length of an array', Float64Array.of(1, 2), Float64Array.of(1)],
    ['the sign of 0 in an array', Float64Array.of(0), Float64Array.of(-0)],
    ['a truth', true, false],
    ['a member that is gone', 1, undefined],
    ['a member that is new', undefined, 1],
  ])('are found: %s', (_, a, b) => {
    const of = (value: unknown) => result(value === undefined ? {} : { member: value });
    const found = differencesOf(of(a), of(b));
    expect(found.map(({ member }) => member)).toEqual(['member']);
    expect(found.map(lineOf)).toHaveLength(1);
  });

  it('show where numbers differ most, and infinitely where one is none', () => {
    const [found] = differencesOf(
      result({ x: Float64Array.of(1, 2, Number.NaN) }),
      result({ x: Float64Array.of(1.5, 2, 3) }),
    );
    expect(found).toMatchObject({ count: 2, place: 2, relative: Number.POSITIVE_INFINITY });
  });

  it('take members for one that have a new name', () => {
    const before = result({ df: 3, 'history.df': 2 });
    const after = result({ freedom: 3, 'history.freedom': 2 });
    expect(differencesOf(before, after)).toHaveLength(4);
    expect(differencesOf(before, after, { df: 'freedom' })).toEqual([]);
  });
});

describe('parts of the cases', () => {
  it('are the trials of every family and the files of cases', () => {
    const families = readdirSync(join(root, 'native/solvers'));
    const names = [...parts().keys()];
    for (const family of families)
      expect(names.some((name) => name.startsWith(`${family}/`) && /honesty$/i.test(name))).toBe(true);
    for (const family of ['sparse', 'smooth', 'contrib', 'deepLinear'])
      expect(chosenParts(family).length).toBeGreaterThan(1);
    expect(chosenParts('sparse/paths,deepLinear').slice(-1)).toEqual(['sparse/paths']);
    expect(() => chosenParts('sparce')).toThrow(/^--only sparce: expected groups or parts of /);
  });

  it('have names of their own; paths are five hundred at least', async () => {
    const named: Record<string, number> = {};
    // Parts that need no library to be listed.
    for (const [part, file] of parts()) {
      if (!file.endsWith('.mjs') || part === 'nlp/models') continue;
      const { cases } = await import(pathToFileURL(join(root, file)).href);
      const all: { name: string }[] = await cases({ problems: root, data: root });
      const names = all.map(({ name }) => name);
      expect(new Set(names).size, part).toBe(names.length);
      named[part] = names.length;
    }
    expect(named['sparse/paths']).toBeGreaterThanOrEqual(500);
  });
});

const compare = (...values: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/compare.mjs'), ...values], {
    encoding: 'utf8',
  });
  return { status, lines: stdout.split('\n'), error: stderr };
};

/** A folder that looks like a built checkout, whose subpaths have these texts. */
function checkout(folder: string, subpaths: Record<string, string>): string {
  const files = Object.entries({ nonconvex: '', ...subpaths }).map(([name, text]) => {
    const file = name === 'nonconvex' ? 'dist/esm/index.js' : `dist/esm/${name}/index.js`;
    return { name: name === 'nonconvex' ? '.' : `./${name}`, file, text };
  });
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const { file, text } of files) write(file, text);
  write('build-cmake/Release/nonconvex.node', 'no addon');
  const exports = files.map(({ name, file }) => [name, { import: { default: `./${file}` } }]);
  write('package.json', JSON.stringify({ type: 'module', exports: Object.fromEntries(exports) }));
  return folder;
}

describe('two builds', () => {
  let folder: string;
  let [same, other, dying] = ['', '', ''];

  /** Solvers of signals, of which a change is one of the last bit or of all. */
  const signals = (change: string) => `
    export async function trendFilter({ y, sampleWeight }, { degree }) {
      const fitted = Float64Array.from(y, (value) => value / (3 + degree));
      const weighted = sampleWeight !== undefined;
      ${change}
      return { status: 'solved', seconds: Math.random(), fitted, history: [{ gap: 1 / 3 }, { gap: 0.5 }] };
    }
    export async function matrixCompletion({ values }, { lambdas: [lambda] }) {
      return { status: 'solved', objective: values[0] / lambda, predict: () => Float64Array.of(lambda) };
    }`;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nonconvex-compare-'));
    const bit = 'if (degree === 1 && weighted) new Uint8Array(fitted.buffer)[8 * 7] ^= 1; // the last bit of fitted[7]';
    same = checkout(join(folder, 'same'), { sparse: signals('') });
    other = checkout(join(folder, 'other'), { sparse: signals(bit) });
    dying = checkout(join(folder, 'dying'), { sparse: signals('if (degree === 1 && weighted) process.exit(3);') });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const only = ['--only', 'sparse/signals'];

  it('that answer the same have no difference, whatever their seconds', () => {
    const { status, lines } = compare(same, same, ...only);
    expect(status).toBe(0);
    expect(lines.at(-2)).toMatch(/^sparse\/signals, 1 thread: 10 cases \(10 solved\), 0 differences;/);
  });

  it('of which one has another last bit differ in that case, that member, that number', () => {
    const { status, lines } = compare(same, other, ...only);
    expect(status).toBe(1);
    const found = lines.filter((line) => line.startsWith('  '));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(
      /^ {2}sparse\/signals: trendFilter, order 1, weighted: fitted: .*, relative \d\.\de-1[67], 1 of 200, most at \[7\]: /,
    );
    expect(lines.at(-2)).toContain('10 cases (10 solved), 1 differences in 1 cases');
  });

  it('are compared by a record as well', () => {
    const record = join(folder, 'same.record');
    const recorded = compare(same, ...only, '--record', record);
    expect(recorded).toMatchObject({ status: 0, error: '' });
    const { status, lines } = compare(record, other, ...only);
    expect(status).toBe(1);
    expect(lines.filter((line) => line.startsWith('  '))).toEqual([
      expect.stringMatching(/^ {2}sparse\/signals: trendFilter, order 1, weighted: fitted: /),
    ]);
    expect(compare(record, same, ...only, '--threads', '2').error).toContain('--threads 2: the record has 1');
  });

  it('are compared in all other cases where one ends the process', () => {
    const { status, lines } = compare(same, dying, ...only);
    expect(status).toBe(1);
    expect(lines.filter((line) => line.startsWith('  '))).toEqual([
      '  sparse/signals: trendFilter, order 1, weighted: failed: solved -> the process ended with status 3',
    ]);
    expect(lines.at(-2)).toContain('10 cases (9 solved, 1 FAILED)');
  });

  it('are refused by name where they are none', () => {
    const text = join(folder, 'text');
    writeFileSync(text, 'no record');
    expect(compare(same, join(folder, 'none')).error).toContain('none: expected a checkout or a record');
    expect(compare(same, text).error).toContain('text: expected a checkout or a record');
  });

  const index = join(root, 'dist/esm/index.js');
  const built = existsSync(index) && existsSync(join(root, 'build-cmake/Release/nonconvex.node'));
  it.skipIf(!built)('differ in trials of the tests where one has another last bit', () => {
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const of = (subpath: string) => pathToFileURL(join(root, exports[subpath].import.default)).href;
    const changed = checkout(join(folder, 'changed'), {
      nonconvex: `export * from '${of('.')}';`,
      deepLinear: `import * as own from '${of('./deepLinear')}';
        export async function trainLinearNetwork(data, settings) {
          const result = await own.trainLinearNetwork(data, settings);
          if (settings.depth === 4) new Uint8Array(result.product.data.buffer)[0] ^= 1;
          return result;
        }`,
    });
    const { status, lines } = compare(root, changed, '--only', 'deepLinear/honesty');
    expect(status).toBe(1);
    const found = lines.filter((line) => line.startsWith('  '));
    expect(found.length).toBeGreaterThan(0);
    for (const line of found)
      expect(line).toMatch(/trial \d+: trainLinearNetwork\.product\.data: .*, 1 of \d+, most at \[0\]: /);
  });
});
