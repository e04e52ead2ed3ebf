// Models: variables, parameters, constraints, and what is compiled when.
import { describe, expect, it } from 'vitest';
import { add, concat, dot, matvec, mul, sub, sum, sumSquares, transpose } from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';

describe('a model', () => {
  it('evaluates f, c and their derivatives', () => {
    const model = new Model();
    const x = model.variable(2, { start: [1, 2] });
    model.minimize(sum(x));
    model.equal(sumSquares(x), 2);
    const program = model.compile();
    expect(program).toMatchObject({ n: 2, m: 1 });
    expect(program.start).toEqual(Float64Array.of(1, 2));
    const at = [3, 4];
    expect(program.objective(at)).toBe(7);
    expect(program.gradient(at)).toEqual(Float64Array.of(1, 1));
    expect(program.constraints(at)).toEqual(Float64Array.of(23));
    expect(program.jacobian(at)).toEqual({
      format: 'csr',
      rows: 1,
      columns: 2,
      offsets: Int32Array.of(0, 2),
      indices: Int32Array.of(0, 1),
      values: Float64Array.of(6, 8),
    });
    expect(program.hessian(at, [0.5])).toEqual({
      format: 'csc',
      rows: 2,
      columns: 2,
      offsets: Int32Array.of(0, 1, 2),
      indices: Int32Array.of(0, 1),
      values: Float64Array.of(1, 1),
    });
    expect(program.jacobianProduct(at, [1, 2])).toEqual(Float64Array.of(22));
    expect(program.jacobianTransposedProduct(at, [2])).toEqual(Float64Array.of(12, 16));
    expect(program.hessianProduct(at, [0.5], [1, 2])).toEqual(Float64Array.of(1, 2));
    expect(program.hessianProduct(at, [0.5], [1, 2], 0)).toEqual(Float64Array.of(1, 2));
  });

  it('has scalars, vectors and matrices, in the order in which they were made', () => {
    const model = new Model();
    const s = model.variable({ start: 5, name: 's' });
    const v = model.variable(2, { start: [1, 2] });
    const A = model.variable([2, 3], {
      start: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
    expect(model.n).toBe(9);
    expect([s.shape, v.shape, A.shape]).toEqual([[], [2], [2, 3]]);
    expect(model.compile().start).toEqual(Float64Array.of(5, 1, 2, 1, 2, 3, 4, 5, 6));
    const result = { x: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8) };
    expect(s.valueIn(result)).toBe(0);
    expect(v.valueIn(result)).toEqual(Float64Array.of(1, 2));
    expect(A.valueIn(result)).toEqual({ data: Float64Array.of(3, 4, 5, 6, 7, 8), rows: 2, columns: 3 });
    s.setStart(7);
    v.setStart(3);
    expect(model.compile().start.subarray(0, 3)).toEqual(Float64Array.of(7, 3, 3));
    expect(s.start).toBe(7);
  });

  it('is compiled again only when it has changed', () => {
    const model = new Model();
    const x = model.variable(2);
    const p = model.parameter(2, { value: [1, 2] });
    model.minimize(dot(p, x));
    const program = model.compile();
    expect(program.objective([3, 4])).toBe(11);
    p.set([1, 0]);
    x.setStart(1);
    expect(model.compile()).toBe(program);
    expect(program.objective([3, 4])).toBe(3);
    model.equal(x, 1);
    expect(model.compile()).not.toBe(program);
    expect(model.compile().constraints([3, 4])).toEqual(Float64Array.of(2, 3));
  });

  it('multiplies by constant matrices, dense and sparse, and their transposes', () => {
    const dense = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    // In no order within the rows.
    const sparse = {
      format: 'csr' as const,
      rows: 2,
      columns: 3,
      offsets: Int32Array.of(0, 3, 6),
      indices: Int32Array.of(2, 0, 1, 1, 0, 2),
      values: Float64Array.of(3, 1, 2, 5, 4, 6),
    };
    for (const A of [dense, sparse]) {
      const model = new Model();
      const x = model.variable(3);
      const y = model.variable(2);
      model.equal(matvec(A, x), y);
      model.equal(matvec(transpose(A), y), mul(2, x));
      const program = model.compile();
      expect([...program.constraints([1, 1, 2, 3, 4])]).toEqual([9 - 3, 21 - 4, 19 - 2, 26 - 2, 33 - 4]);
    }
  });

  it('multiplies by sparse matrices with more places than an int counts', () => {
    const n = 1 << 16;
    const places = Int32Array.from({ length: n + 1 }, (_, i) => i);
    const twice = { format: 'csr' as const, rows: n, columns: n, offsets: places, indices: places.slice(0, n) };
    const model = new Model();
    const x = model.variable(n, { start: 1 });
    model.equal(matvec({ ...twice, values: new Float64Array(n).fill(2) }, x), 3);
    expect(new Set(model.compile().constraints(model.compile().start))).toEqual(new Set([-1]));
  });

  it('may have many entries', () => {
    const n = 1e5;
    const model = new Model();
    const x = model.variable(n, { start: 1 });
    const step = sub(concat([x, 0]), concat([0, x]));
    model.minimize(sumSquares(step));
    model.equal(sum(x), n);
    const program = model.compile();
    expect(program.objective(program.start)).toBe(2);
    const hessian = program.hessian(program.start, [0]);
    expect(hessian.values.length).toBe(2 * n - 1);
  });

  it('may be a long chain', () => {
    const model = new Model();
    const x = model.variable();
    let chain = add(x, 0);
    for (let i = 0; i < 2e4; ++i) chain = add(chain, x);
    model.minimize(chain);
    expect(model.compile().objective([2])).toBe(2 * (2e4 + 1));
  });
});
