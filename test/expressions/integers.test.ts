// Integers in models and .nl files: where they are, how they survive files, and who refuses them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { add, dot, exp, mul, square, sub, sum, sumSquares } from '../../src/expressions/index.js';
import { minimizeSquares } from '../../src/fit/index.js';
import { Model, minimize } from '../../src/index.js';
import { checkOptimality, readNl, writeNl } from '../../src/nlp/index.js';
import { minimizeSum } from '../../src/smooth/index.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-integers-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);

/** One free number, two integers, a matrix of binaries, another free number. */
function mixed() {
  const model = new Model();
  const x = model.variable({ name: 'x', start: 0.5, lower: -2 });
  const k = model.variable(2, { name: 'k', integer: true, lower: [0.5, -3], upper: 7.9, start: [1, 2] });
  const b = model.binary([2, 2], { name: 'b', start: 1 });
  const y = model.variable({ name: 'y', integer: false, start: -0.5 });
  model.minimize(add(sumSquares(k), mul(x, exp(y)), dot([1, 2], k)));
  model.atMost(add(sum(k), mul(3, x)), 9, { name: 'limit' });
  model.equal(sum(b), add(y, 2), { name: 'chosen' });
  return { model, x, k, b, y };
}

describe('integers of a model', () => {
  it('are those of its variables', () => {
    const { model, x, k, b, y } = mixed();
    expect([x.integer, k.integer, b.integer, y.integer]).toEqual([false, true, true, false]);
    const program = model.compile();
    expect(program.integers).toEqual(Int32Array.of(1, 2, 3, 4, 5, 6));
    program.integers.fill(0); // a copy
    expect(program.integers[5]).toBe(6);
    const { lower, upper } = program.bounds;
    expect(Array.from(lower ?? [])).toEqual([-2, 0.5, -3, 0, 0, 0, 0, -Infinity]);
    expect(Array.from(upper ?? [])).toEqual([Infinity, 7.9, 7.9, 1, 1, 1, 1, Infinity]);
    expect(new Model().binary().shape).toEqual([]);
    expect(new Model().binary(3).shape).toEqual([3]);
  });

  it('are none unless they are asked for', () => {
    const model = new Model();
    model.minimize(square(model.variable()));
    expect(model.compile().integers).toEqual(new Int32Array(0));
    expect(model.isConvex()).toBe(true);
    model.binary();
    expect(model.compile().integers).toEqual(Int32Array.of(1));
    expect(model.isConvex()).toBe(false);
  });

  it('are options that are checked', () => {
    const model = new Model();
    expect(() => model.variable({ integer: 1 } as never)).toThrow('integer = 1: expected a boolean');
    expect(() => model.binary({ lower: 0 } as never)).toThrow("unknown option 'lower'");
    expect(() => model.binary(2, { start: [1] })).toThrow('start');
    expect(model.n).toBe(0);
  });
});

describe('a model with integers', () => {
  it('is the same when written and read, with integers behind the others', async () => {
    const { model } = mixed();
    const written = model.compile();
    await writeNl(model, file('mixed.nl'));
    const order = [0, 7, 1, 2, 3, 4, 5, 6];
    const read = await readNl(file('mixed.nl'));
    expect(read.integers).toEqual(Int32Array.of(2, 3, 4, 5, 6, 7));
    expect(read.variableNames).toEqual(['x', 'y', 'k[0]', 'k[1]', 'b[0,0]', 'b[0,1]', 'b[1,0]', 'b[1,1]']);
    expect(read.constraintNames).toEqual(['limit', 'chosen']);
    const inFile = (values: ArrayLike<number> | undefined) => order.map((j) => values?.[j]);
    expect(Array.from(read.start)).toEqual(inFile(written.start));
    expect(Array.from(read.bounds.lower ?? [])).toEqual(inFile(written.bounds.lower));
    expect(Array.from(read.bounds.upper ?? [])).toEqual(inFile(written.bounds.upper));
    const point = [0.25, 3, -1, 1, 0, 1, 0, 0.75];
    const there = inFile(point) as number[];
    expect(read.objective(there)).toBeCloseTo(written.objective(point), 12);
    expect(Array.from(read.gradient(there))).toEqual(
      inFile(written.gradient(point)).map((value) => expect.closeTo(value as number, 12)),
    );
    expect(Array.from(read.constraints(there))).toEqual(
      Array.from(written.constraints(point), (value) => expect.closeTo(value, 12)),
    );
    // Once more: the file has its own order, which stays.
    await writeNl(read, file('again.nl'));
    const text = (name: string) => readFileSync(file(name), 'utf8').split('\n');
    expect((await readNl(file('again.nl'))).integers).toEqual(read.integers);
    expect(text('again.col')).toEqual(text('mixed.col'));
    const relaxed = await readNl(file('mixed.nl'), { relaxIntegers: true });
    expect(relaxed).toMatchObject({ integers: new Int32Array(0), notes: ['6 integer variables are relaxed'] });
    expect((await minimize(relaxed)).status).toBe('solved');
  });

  it('is refused where integers have no meaning, by the names of its variables', async () => {
    const { model, k } = mixed();
    const message =
      'problem: has 6 integer variables (k[0], k[1], b[0,0] and 3 more), which minimize does not take: minimizeGlobally does; ' +
      'variables without { integer: true }, or those of readNl(path, { relaxIntegers: true }), are any numbers between their bounds';
    const refused = async (solve: () => unknown, verb: string) => {
      const error = await (async () => solve())().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toBe(message.replace('which minimize', `which ${verb}`));
    };
    await refused(() => minimize(model), 'minimize');
    await refused(() => minimizeSquares({ model, residuals: k }), 'minimizeSquares');
    const multipliers = { multipliers: [0, 0] };
    await refused(() => checkOptimality(model, new Float64Array(8), multipliers), 'checkOptimality');
    const free = new Model();
    const n = free.variable({ integer: true });
    await expect(minimizeSquares({ model: free, residuals: sub(n, 0.5) })).rejects.toThrow(
      'has an integer variable (v0)',
    );
    const rows = new Model();
    const w = rows.variable({ integer: true, name: 'w' });
    const data = rows.rows({ y: [1, 2, 3] });
    rows.minimize(data.mean(square(sub(w, data.y))));
    await expect(minimizeSum(rows)).rejects.toThrow('has an integer variable (w), which this solver does not take');
    await expect(minimize(rows)).rejects.toThrow('has an integer variable (w), which minimize does not take');
  });

  it('is evaluated as any other', () => {
    const { model } = mixed();
    expect(model.compile().objective([1, 1, 2, 0, 0, 1, 1, 0])).toBe(1 + 4 + 1 + 1 + 4);
  });
});
