// The addon itself, under the typed functions: what it exports, and that no argument whatever can hurt the process.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addon } from '../../src/core/addon.js';
import { unpack } from '../../src/core/packed.js';
import { runInChild } from '../contract/child.js';
import { type Fixture, fixtures, regression } from '../contract/fixtures.js';

const native = addon();
const { small } = fixtures.relu as Fixture;
const { x, y: targets } = regression(40, 3);
const y = { data: Float64Array.from(targets), rows: x.rows, columns: 1 };

it('has the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(native.version).toBe(version);
});

it('has the statuses, the vocabulary and a schema that JSON can hold', () => {
  const { solvers } = native.schema();
  for (const { settings } of Object.values(solvers)) {
    const common = settings.slice(0, 6).map(({ name }) => name);
    expect(common).toEqual(['maxIterations', 'tolerance', 'timeLimit', 'checkInterval', 'threads', 'seed']);
  }
});

it('gives the members that the schema says, those that are optional where they are known', async () => {
  const promise = native.solve('relu', { x, y, patterns: { sample: 5 } }, { lambda: 0.1 }, undefined, false, 1);
  const result = unpack(await promise, native);
  const { result: members = [] } = native.schema().solvers.relu ?? {};
  expect(members.length).toBeGreaterThan(10);
  for (const { name, type, optional } of members) {
    const value = result[name];
    if (optional && value === undefined) continue;
    if (type === 'number' || type === 'boolean') expect(typeof value, name).toBe(type);
    else if (type === 'Matrix')
      expect(value, name).toMatchObject({ data: expect.any(Float64Array), rows: expect.any(Number) });
    else if (type === 'Certificate') expect(value, name).toMatchObject({ kind: expect.any(String) });
    else expect((value as object).constructor.name, name).toBe(type);
  }
});

it('shares work over NONCONVEX_THREADS workers, or as many as cores', async () => {
  const lines = `
    import { readdirSync } from 'node:fs';
    import { createRequire } from 'node:module';
    const before = readdirSync('/proc/self/task').length;
    await solve();
    console.log(readdirSync('/proc/self/task').length - before);
  `;
  if (process.platform === 'linux') {
    for (const threads of ['1', '3']) {
      const { output } = await runInChild(lines, small, { env: { NONCONVEX_THREADS: threads } });
      expect(output).toBe(`${threads}\n`);
    }
  }
  expect(native.threads()).toBeGreaterThan(0);
});

it('can be loaded again in the same thread', async () => {
  const lines = `
    import { copyFileSync, mkdtempSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.resolve('nonconvex'));
    const again = require('nonconvex');
    const results = await Promise.all([solve(), again.relu.trainReluNetwork(problem.data, problem.settings)]);
    console.log(again !== nonconvex, results[0].objective === results[1].objective);
  `;
  expect(await runInChild(lines, small)).toMatchObject({ code: 0, errors: '', output: 'true true\n' });
});

describe('wrong arguments throw', () => {
  const call = native.solve as (...values: unknown[]) => unknown;
  const shared = { data: new Float64Array(new SharedArrayBuffer(8 * x.data.length)), rows: x.rows, columns: x.columns };
  const cases: [string, unknown[], string | RegExp][] = [
    ['no argument', [], /^solver = 'undefined': expected one of .*'deepLinear', 'fit', 'fractional'/],
    ['another solver', ['lasso', {}, {}], /^solver = 'lasso': expected one of .*'deepLinear', 'fit', 'fractional'/],
    ['no problem', ['relu'], 'problem = undefined: expected an object'],
    ['no settings', ['relu', { x, y }], 'settings = undefined: expected an object'],
    ['settings that are a function', ['relu', { x, y }, () => {}], 'settings = a function: expected an object'],
    ['no x', ['relu', { y }, {}], 'x = undefined: expected an object'],
    ['no data', ['relu', { x: { rows: 1, columns: 1 }, y }, {}], 'x.data = undefined: expected a Float64Array or'],
    [
      'other data',
      ['relu', { x: { ...x, data: new Int8Array(120) }, y }, {}],
      'x.data = an object: expected a Float64Array or',
    ],
    ['too few numbers', ['relu', { x: { ...x, rows: 41 }, y }, {}], 'x.data.length = 120: expected rows x columns'],
    ['overflowing sizes', ['relu', { x: { ...x, rows: 2 ** 31, columns: 2 ** 31 }, y }, {}], 'x.rows = 2147483648'],
    [
      'negative sizes',
      ['relu', { x: { ...x, rows: -40, columns: -3 }, y }, {}],
      'x.data.length = 120: expected rows x',
    ],
    [
      'large sizes',
      ['relu', { x: { ...x, rows: 65536, columns: 65536 }, y }, {}],
      'x.data.length = 120: expected rows x',
    ],
    [
      'y of other length',
      ['relu', { x, y: { data: new Float64Array(3), rows: 3, columns: 1 } }, {}],
      'y: expected 40 rows, one for each row of x, got 3',
    ],
    [
      'y in single precision',
      ['relu', { x, y: { ...y, data: new Float32Array(40) } }, {}],
      'y.data = an object: expected a Float64Array',
    ],
    ['gates of text', ['relu', { x, y, patterns: { gates: 'x' } }, {}], "patterns.gates = 'x': expected an object"],
    [
      'half a warm start',
      ['relu', { x, y, warmStart: { weights: x } }, {}],
      'warmStart.dual = undefined: expected an object',
    ],
  ];
  it.each(cases)('%s', (_, values, message) => {
    expect(() => call(...values)).toThrow(message);
  });

  it('detached arrays', () => {
    const detached = { ...x, data: Float64Array.from(x.data) };
    structuredClone(detached.data.buffer, { transfer: [detached.data.buffer] });
    expect(() => call('relu', { x: detached, y }, {})).toThrow('x.data.length = 0: expected rows x columns');
  });

  it('of reluPredict', () => {
    const network = {
      hiddenWeights: { data: new Float64Array(6), rows: 3, columns: 2 },
      biases: new Float64Array(2),
      outputWeights: { data: new Float64Array(2), rows: 2, columns: 1 },
      pattern: new Int32Array(2),
      inputScale: new Float64Array([1, 1, 1]),
    };
    const predict = (change: object) => () => native.reluPredict({ ...network, ...change }, { x });
    expect(predict({})()).toEqual(new Float64Array(x.rows));
    expect(predict({ outputWeights: { data: new Float64Array(3), rows: 3, columns: 1 } })).toThrow(
      'outputWeights: expected 2 rows, one for each column of hiddenWeights, got 3',
    );
    expect(predict({ biases: new Float64Array(1) })).toThrow(
      'biases: expected 2 numbers, one for each column of hiddenWeights, got 1',
    );
    expect(predict({ inputScale: new Float64Array(1) })).toThrow(
      'inputScale: expected 3 numbers, one for each row of hiddenWeights, got 1',
    );
    const gates = { data: new Float64Array(4), rows: 4, columns: 1 };
    expect(predict({ gates })()).toEqual(new Float64Array(x.rows));
    expect(predict({ gates: { ...gates, rows: 2, columns: 2 } })).toThrow('rows of gates = 2: expected 3 or 4');
    expect(predict({ gates, pattern: new Int32Array([0, 1]) })).toThrow('pattern = 1: expected 0 to 0');
    expect(predict({ gates, pattern: new Int32Array([-1, 0]) })).toThrow('pattern = -1: expected 0 to 0');
    expect(predict({ gates, pattern: new Float64Array(2) })).toThrow('pattern = an object: expected an Int32Array');
  });

  it('functions of vectors', () => {
    const n = 2;
    const entries = { offsets: Int32Array.of(0, 1, 2), indices: Int32Array.of(0, 1), order: Int32Array.of(0, 1) };
    const none = { offsets: Int32Array.of(0), indices: new Int32Array(), order: new Int32Array() };
    const vectors = (...lengths: number[]) => lengths.map((length) => new Float64Array(length));
    const reading = (inputs: unknown, outputs: unknown = []) => ({ call: () => 0, inputs, outputs });
    const functions = {
      objective: reading(vectors(n)),
      gradient: reading(vectors(n), vectors(n)),
      constraints: reading(vectors(n), vectors(0)),
      jacobian: reading(vectors(n), vectors(0)),
      hessian: reading(vectors(n, 0), vectors(n)),
    };
    const solve = (change: object) => () =>
      call(
        'nlp',
        {
          callbacks: { n, m: 0, jacobianPattern: none, hessianPattern: entries, ...functions, ...change },
          start: new Float64Array(n),
          reportIterates: false,
        },
        {},
        undefined,
        true,
      );
    expect(solve({})).not.toThrow();
    for (const [change, message] of [
      [{ offsets: Int32Array.of(0, 2) }, 'offsets: expected 3 numbers for 2 x 2, got 2'],
      [{ indices: Int32Array.of(0, 2) }, 'indices[1] = 2: expected an integer in [0, 1]'],
      [{ offsets: Int32Array.of(0, 2, 2), indices: Int32Array.of(1, 1) }, 'indices[1] = 1: expected once in row 0'],
      [
        { offsets: Int32Array.of(0, 2, 2), indices: Int32Array.of(1, 0) },
        'indices: expected them to increase in each line',
      ],
      [{ order: Int32Array.of(0) }, 'order.length = 1: expected as many as indices: 2'],
    ] as const) {
      expect(solve({ hessianPattern: { ...entries, ...change } })).toThrow(`callbacks.hessianPattern.${message}`);
    }
    expect(solve({ gradient: 5 })).toThrow('callbacks.gradient = 5: expected an object');
    expect(solve({ gradient: reading(vectors(n), 5) })).toThrow('callbacks.gradient.outputs = 5: expected an object');
    expect(solve({ gradient: reading(vectors(n, n), vectors(n)) })).toThrow(
      'callbacks.gradient.inputs.length = 2: expected 1',
    );
    expect(solve({ gradient: reading(vectors(n), vectors(1)) })).toThrow(
      'callbacks.gradient.outputs.0.length = 1: expected at least 2',
    );
    expect(solve({ hessian: reading(vectors(n, 0), [[1, 2]]) })).toThrow(
      'callbacks.hessian.outputs.0 = an array: expected a Float64Array',
    );
    expect(solve({ objective: { ...functions.objective, call: 5 } })).toThrow(
      'callbacks.objective.call = 5: expected a function',
    );
  });

  it('and leave the addon as it was', async () => {
    expect(native.solve('relu', { x: shared, y }, { lambda: 0.1 }, undefined, true, 1)).toBeInstanceOf(Promise);
    const promise = native.solve('relu', { x, y }, { lambda: 0.1 }, undefined, false, 2);
    expect(unpack(await promise, native)).toMatchObject({ status: 'solved' });
  });
});
