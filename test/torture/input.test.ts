// Hostile values at every place of a call: what is exported is found by reflection, how it is called by the fixtures and the options
// that the families' tests have already.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { types } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as nonconvex from '../../src/index.js';
import { found, type Problem, solverFixtures, solverOf } from '../contract/fixtures.js';
import type { Takes, Taking } from '../contract/takesOptions.js';
import { readSources } from '../house/sources.js';
import { patience } from '../patience.js';
import { Chance, cases, figure, full, minutes, notFinite, rawMessage, seed } from './torture.js';

/** Errors that hostile values throw themselves: a call may let that through. */
class Hostile extends Error {}

const refuse = (): never => {
  throw new Hostile('hostile');
};
const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const cyclic: unknown[] = [];
cyclic.push(cyclic);

/** Makers of values, as some are used up by a call. */
const hostile: (() => unknown)[] = [
  ...[undefined, null, true, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -0, 0, 0.5].map(
    (value) => () => value,
  ),
  ...[
    2 ** 40,
    2 ** 53,
    1e308,
    5e-324,
    1n,
    -(10n ** 30n),
    '',
    'abc',
    '1',
    '__proto__',
    'constructor',
    '\0',
    '\u001b]0;x\u0007',
  ].map((value) => () => value),
  () => 'x'.repeat(5000),
  () => Symbol('hostile'),
  () => [],
  () => [[]],
  () => [[1, 2], [3]],
  () => [1, '2', null],
  // biome-ignore lint/suspicious/noSparseArray: what is to be refused
  () => [1, , 3],
  // biome-ignore lint/suspicious/noSparseArray: what is to be refused
  () => [, [1, 2]],
  () => [Number.NaN, Number.POSITIVE_INFINITY],
  () => [1n],
  () => cyclic,
  () => ({}),
  () => Object.create(null),
  () => ({ length: -1 }),
  () => ({ length: 3 }),
  () => ({ x: null, y: 1, data: 3, rows: 'a', columns: -1 }),
  () => ({ data: new Float64Array(4), rows: 2 ** 40, columns: 2 }),
  () => ({
    format: 'csc',
    rows: 1,
    columns: 1,
    offsets: Int32Array.of(0, 9),
    indices: Int32Array.of(7),
    values: Float64Array.of(1),
  }),
  () => ({ format: 'csr', rows: 2, columns: 2, offsets: [0, 1, 2], indices: [0, 1], values: [1, 2] }),
  () => Object.defineProperty({}, 'x', { get: refuse, enumerable: true }),
  () => ({ toString: refuse, valueOf: refuse, [Symbol.toPrimitive]: refuse }),
  () => ({ [Symbol.iterator]: refuse }),
  () => revoked({}),
  () => revoked([]),
  () => revoked(() => 1),
  () => new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse }),
  () => new Map([[1, 2]]),
  () => new Set([1]),
  () => new Date(Number.NaN),
  () => /x/,
  () => new Number(3),
  () => new String('abc'),
  () => new Error('value'),
  () => new Float64Array(0),
  () => Float64Array.of(Number.NaN, 1),
  () => new Uint8Array(3),
  () => BigInt64Array.of(1n, 2n),
  () => new DataView(new ArrayBuffer(16)),
  () => new ArrayBuffer(16),
  () => new Float64Array(new SharedArrayBuffer(24)),
  () => {
    const array = Float64Array.of(1, 2, 3);
    structuredClone(array, { transfer: [array.buffer] });
    return array;
  },
  () => Promise.resolve(1),
  () => refuse,
  () => () => undefined,
  () => () => Number.NaN,
  () => () => '1',
  () => () => 1n,
  () => async () => refuse(),
  () => async () => undefined,
  () => class {},
  () => new AbortController().signal,
  () => AbortSignal.abort(null),
  () => ({ aborted: true }),
];

const rows = [
  [1, 2],
  [3, -1],
  [0, 1],
];

/** Values for a place of a call, made anew each time. */
function pool(): unknown[] {
  const { Model, sumSquares } = nonconvex.model;
  const model = new Model();
  const x = model.variable(2, { start: 1 });
  const parameter = model.parameter({ value: 1 });
  model.minimize(sumSquares(x));
  return [
    ...[0, 1, 2, 0.5, 'abc', true, rows, [1, 2, 3], [1, 2], Float64Array.of(1, 2), ['a', 'b', 'a'], {}],
    nonconvex.matrix(3, 2, rows.flat()),
    {
      format: 'csr',
      rows: 2,
      columns: 2,
      offsets: Int32Array.of(0, 1, 2),
      indices: Int32Array.of(0, 1),
      values: Float64Array.of(1, 2),
    },
    ...[model, x, parameter, model.compile(), (v: ArrayLike<number>) => (v as never as number[])?.[0] ?? 0],
    { x: rows, y: [1, 2, 3] },
    { x: [1, 2] },
    { tolerance: 1e-3, timeLimit: 0.2 },
  ];
}

/** Exported functions and classes, by subpath and name. */
const exported: [string, (...values: unknown[]) => unknown][] = Object.entries(nonconvex).flatMap(([name, value]) =>
  typeof value === 'object'
    ? Object.entries(value).map(([inner, f]): [string, never] => [`${name}/${inner}`, f as never])
    : [[name, value as never] as [string, never]],
);
const functions = exported.filter(([, value]) => typeof value === 'function');

/** Names that the sources mark as internal: what they take is checked by who calls them. */
const internal = new Set(
  [...readSources('src', ['.ts'])].flatMap(([, text]) =>
    [
      ...text.matchAll(
        /@internal(?:(?!\*\/)[\s\S])*\*\/\s*(?:(?:override|protected|abstract|readonly|get|async) )*(\w+)/g,
      ),
    ].map(([, name]) => name as string),
  ),
);
for (const [, text] of readSources('src', ['.ts'])) {
  for (const [, name] of text.matchAll(/^ {2}protected (?:abstract )?(\w+)/gm)) internal.add(name as string);
}

const isClass = (f: unknown): boolean =>
  typeof f === 'function' && /^class\b/.test(Function.prototype.toString.call(f));

/** The methods of an object, its getters and those of its classes. */
function methodsOf(value: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = value;
    at && at !== Object.prototype && at !== Array.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name);
  }
  return [...names];
}

const complaints = new Map<string, number>();
const counts = { values: 0, errors: 0, solved: 0 };

const never = Symbol('never settled');

/** Members that are NaN, as their docs say, of models that minimise no objective: relaxed fits. */
const uncertified = /^result\.(objectives|gaps|violations)\[/;

/** Calls, and notes whatever a call must not do. */
async function judge(place: string, call: () => unknown): Promise<void> {
  const complain = (what: string): void => {
    const text = `${place}: ${what}`.slice(0, 300);
    complaints.set(text, (complaints.get(text) ?? 0) + 1);
  };
  try {
    const value = call();
    const pending = typeof value === 'object' && value !== null && !types.isProxy(value) && types.isPromise(value);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, patience, never);
    });
    const given = pending ? await Promise.race([value, late]) : value;
    clearTimeout(timer);
    if (given === never) complain(`has not settled after ${patience / 1000} s`);
    ++counts.values;
    if (typeof given !== 'object' || given === null || types.isProxy(given)) return;
    if ((given as { status?: unknown }).status !== 'solved') return;
    ++counts.solved;
    const broken = notFinite(given).filter((each) => !uncertified.test(each));
    if (broken.length > 0) complain(`solved, with NaN at ${broken[0]}`);
  } catch (error) {
    ++counts.errors;
    if (error instanceof Hostile || (error as { cause?: unknown })?.cause instanceof Hostile) return;
    // The reason of an abort may be anything.
    if (error === null) return;
    if (!types.isNativeError(error)) complain(`threw ${typeof error}`);
    else if (rawMessage.test(error.message) && !/proxy/.test(error.message)) complain(error.message);
    else if (error.message.length > 1000 && (error as NodeJS.ErrnoException).code !== 'ENAMETOOLONG')
      complain(`a message of ${error.message.length} characters`);
  }
}

/** A copy of data with one place, at any depth, made hostile; what it was is `made`. */
function corrupted(value: unknown, chance: Chance, make: () => unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || (depth > 0 && chance.below(4) === 0))
    return make();
  if (ArrayBuffer.isView(value)) {
    const copy = (value as Float64Array).slice();
    if (chance.below(2) === 0) return make();
    copy[chance.below(copy.length)] = chance.of([Number.NaN, Number.POSITIVE_INFINITY, -1e308, 2 ** 31, -1]);
    return copy;
  }
  const names = Object.keys(value);
  const name = names.length === 0 ? 'x' : chance.of(names);
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  copy[name] = corrupted(copy[name], chance, make, depth + 1);
  return copy;
}

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-torture-'));
const before = process.cwd();
const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);

beforeAll(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  process.chdir(folder); // names of files are hostile, too
  process.on('unhandledRejection', note);
});
afterAll(() => {
  vi.restoreAllMocks();
  process.off('unhandledRejection', note);
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

/** Fails with what was noted, and begins anew. */
async function verdict(what: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
  const said = [...complaints].map(([text, count]) => `${count} x ${text}`);
  const lost = unhandled.map(String);
  vi.restoreAllMocks();
  const { values, errors, solved } = counts;
  figure(
    `${what}: ${values + errors} hostile calls: ${errors} errors, ${values} values, ${solved} solved; ${said.length} complaints`,
  );
  complaints.clear();
  unhandled.length = 0;
  expect(lost).toEqual([]);
  expect(said).toEqual([]);
}

it('every export and every method refuses in words', { timeout: minutes(30) }, async () => {
  const chance = new Chance(11);
  expect(functions.length).toBeGreaterThan(100);
  for (let k = 0; k < cases(1500, 20_000); ++k) {
    const [name, f] = functions[k % functions.length] as (typeof functions)[number];
    const given = pool();
    const values = Array.from({ length: chance.below(4) + 1 }, () => chance.of(given));
    values[chance.below(values.length)] = chance.of(hostile)();
    await judge(name, () => (isClass(f) ? Reflect.construct(f, values) : f(...values)));
    const owner = chance.of(
      given.filter((each) => typeof each === 'object' && each !== null && !Array.isArray(each)),
    ) as object;
    const kind = owner.constructor?.name ?? 'object';
    const methods = methodsOf(owner).filter(
      (each) => !internal.has(each) && typeof (owner as never)[each] === 'function',
    );
    if (methods.length === 0 || ArrayBuffer.isView(owner)) continue;
    const method = chance.of(methods);
    await judge(`${kind}.${method}`, () => ((owner as never)[method] as (...of: unknown[]) => unknown)(...values));
  }
  await verdict('exports and methods');
});

const given = await found<{ taking: Taking }>('options');
const taking: [string, Takes][] = given.flatMap(({ module }) => Object.entries(module.taking));

/** The options of each call that takes some. */
async function knownOptions(): Promise<Map<string, string[]>> {
  const known = new Map<string, string[]>();
  for (const [name, [, call]] of taking) {
    const said = await (async () => call({ zebra: 1 } as never))().catch(String);
    known.set(name, [...(/Known \w+: (.*)$/.exec(String(said))?.[1]?.split(', ') ?? []), '__proto__']);
  }
  return known;
}

it('every option refuses in words', { timeout: minutes(30) }, async () => {
  const chance = new Chance(13);
  const known = await knownOptions();
  for (let k = 0; k < cases(400, 8000); ++k) {
    const [name, [, call]] = taking[k % taking.length] as (typeof taking)[number];
    const option = chance.of(known.get(name) as string[]);
    await judge(`${name}: ${option}`, () => call({ [option]: chance.of(hostile)() } as never));
  }
  await verdict('options');
});

// Counts of steps, points or repetitions may have no other end.
it.runIf(full)(
  'every option that is a huge number is refused, or the call ends',
  { timeout: minutes(30) },
  async () => {
    const known = await knownOptions();
    for (const [name, [, call]] of taking) {
      for (const option of known.get(name) as string[]) {
        for (const count of [2 ** 31 - 1, 2 ** 40]) {
          await judge(`${name}: ${option} = ${count}`, () => call({ [option]: count } as never));
        }
      }
    }
    await verdict('huge numbers as options');
  },
);

describe.each(Object.entries(solverFixtures).filter(([, { small }]) => !small.direct))('%s', (name, { small }) => {
  it('refuses in words, or is solved without NaN, whatever its data and settings are', {
    timeout: minutes(30),
  }, async () => {
    const chance = new Chance(name.length + seed);
    const solveWith = ({ data, build }: Problem, settings: unknown) =>
      solverOf(small)(build ? build(nonconvex, data as never) : data, settings as object);
    const optional = { signal: undefined, onProgress: undefined, warmStart: undefined, verbose: false, device: 'cpu' };
    const settings = { ...small.settings, maxIterations: 100, timeLimit: 1, seed: 1, threads: 1, checkInterval: 10 };
    for (let k = 0; k < cases(120, 2500); ++k) {
      const make = chance.of(hostile);
      // Lines of a fixture that make a problem of its data need not take whatever these are.
      const ofSettings = small.build !== undefined || k % 3 === 0;
      const data = ofSettings ? small.data : (corrupted(small.data, chance, make) as object);
      const used = ofSettings ? corrupted({ ...settings, ...optional }, chance, make) : settings;
      await judge(name, () => solveWith({ ...small, data }, used));
    }
    await verdict(name);
  });
});
