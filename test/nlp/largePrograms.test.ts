// Programs of so many entries that the first solve reads them, beside JavaScript's thread: what is then refused, and that nothing else differs.
import { describe, expect, it } from 'vitest';
import { addon } from '../../src/core/addon.js';
import { rangeError } from '../../src/core/argumentError.js';
import { add, matvec, sub, sumSquares } from '../../src/expressions/index.js';
import { serialize } from '../../src/expressions/serialize.js';
import { Model, minimize, type SparseMatrix } from '../../src/index.js';
import { quadraticProgram } from '../../src/nlp/index.js';
import { numbers } from '../contract/problem.js';
import { long } from '../long.js';

/** Cases of which npm test has the first. */
const some = <T>(cases: T[]): T[] => (long ? cases : cases.slice(0, 1));
const n = 720; // n^2 is more than 500,000

/** n on the diagonal and numbers in (-1, 1) elsewhere. */
function symmetric(): { data: Float64Array; rows: number; columns: number } {
  const data = numbers(n * n);
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j < i; ++j) data[i * n + j] = data[j * n + i] as number;
    data[i * n + i] = n;
  }
  return { data, rows: n, columns: n };
}

/** A diagonal of 2 with so many entries of 0 beside it that it is large. */
function banded(rows: number): SparseMatrix {
  const wide = 600_000 / rows;
  const begin = (i: number) => Math.min(Math.max(0, i - wide / 2), rows - wide);
  return {
    ...{ format: 'csr', rows, columns: rows },
    offsets: Int32Array.from({ length: rows + 1 }, (_, i) => wide * i),
    indices: Int32Array.from({ length: wide * rows }, (_, k) => begin(Math.floor(k / wide)) + (k % wide)),
    values: Float64Array.from({ length: wide * rows }, (_, k) =>
      begin(Math.floor(k / wide)) + (k % wide) === Math.floor(k / wide) ? 2 : 0,
    ),
  };
}

describe('a large quadratic program', () => {
  it.each<[string, (Q: ReturnType<typeof symmetric>) => void]>(
    some([
      [
        'Q[3][2] = 5, Q[2][3] = 0: expected a symmetric matrix',
        ({ data }) => {
          data[3 * n + 2] = 5;
          data[2 * n + 3] = 0;
        },
      ],
      [
        'Q[7][1] = NaN: expected a finite number',
        ({ data }) => {
          data[7 * n + 1] = Number.NaN;
        },
      ],
    ]),
  )('is refused when it is solved: %s', async (message, spoil) => {
    const Q = symmetric();
    spoil(Q);
    const problem = quadraticProgram({ Q });
    await expect(minimize(problem)).rejects.toThrow(rangeError(message));
    expect(() => problem.objective(new Float64Array(n))).toThrow(message);
  });

  it.runIf(long)('names what is wrong in sparse matrices', async () => {
    const refused = async (message: string, problem: Parameters<typeof quadraticProgram>[0]) =>
      expect(minimize(quadraticProgram(problem))).rejects.toThrow(message);
    const spoilt = (spoil: (Q: SparseMatrix) => void): SparseMatrix => {
      const Q = banded(2000);
      spoil(Q);
      return Q;
    };
    const changed = spoilt(({ values }) => {
      values[5] = Number.POSITIVE_INFINITY;
    });
    await refused('Q.values[5] = Infinity: expected a finite number', { Q: changed });
    const beyond = spoilt(({ indices }) => {
      indices[299] = 2000;
    });
    await refused('indices[299] = 2000: expected an integer in [0, 1999]', { Q: beyond });
    const other = spoilt(({ values }) => {
      values[1] = 3;
    });
    await refused('Q[0][1] = 3, Q[1][0] = 0: expected a symmetric matrix', { Q: other });
    await refused('G.values[5] = Infinity: expected a finite number', { Q: banded(2000), G: changed, atMost: 1 });
  });

  it.runIf(long)('is refused at once for what is seen at once', () => {
    const Q = symmetric();
    expect(() => quadraticProgram({ Q: { ...Q, rows: n - 1 } })).toThrow(/^Q: expected/);
    expect(() => quadraticProgram({ Q: { data: Q.data, rows: 1, columns: n * n } })).toThrow(
      `Q: expected a square matrix, got 1 x ${n * n}`,
    );
    expect(() => quadraticProgram({ Q, c: [1] })).toThrow(`c: expected ${n} numbers`);
  });

  it.runIf(long)('says that equations contradict one another when it is solved', async () => {
    const A: SparseMatrix = {
      ...{ format: 'csr', rows: 1, columns: 2000 },
      ...{ offsets: Int32Array.of(0, 0), indices: new Int32Array(0), values: new Float64Array(0) },
    };
    const problem = quadraticProgram({ Q: banded(2000), A, b: [1] });
    await expect(minimize(problem)).rejects.toThrow('b[0] = 1: row 0 of A depends on those before it');
  });

  it.runIf(long)('is left where the solve is aborted, and there for the next one', async () => {
    const controller = new AbortController();
    const problem = quadraticProgram({ Q: banded(2000), c: new Float64Array(2000).fill(-2) });
    const solving = minimize(problem, { signal: controller.signal });
    controller.abort();
    expect((await solving).status).toBe('aborted');
    const { status, x } = await minimize(problem);
    expect(status).toBe('solved');
    for (const value of x) expect(value).toBeCloseTo(1, 6);
  });

  it('reads what is handed over unread as what is read at once', async () => {
    const request = {
      Q: { data: Float64Array.of(2, 1, 1, 3), rows: 2, columns: 2 },
      linear: Float64Array.of(1, -1),
      constant: 0.5,
      A: { data: Float64Array.of(1, 0), rows: 1, columns: 2 },
      b: Float64Array.of(4),
      G: { data: Float64Array.of(5, 6), rows: 1, columns: 2 },
    };
    const x = Float64Array.of(1, 2);
    const of = (program: ReturnType<ReturnType<typeof addon>['compileQuadratic']>) =>
      (['objective', 'gradient', 'constraints', 'jacobian'] as const).map((what) =>
        addon().evaluate({ program, what, x }),
      );
    const unread = of(addon().compileQuadratic({ ...request, unchecked: true }));
    expect(unread).toEqual(of(addon().compileQuadratic(request)));
    expect(unread[0]).toBe(1 + 2 + 6 + 1 - 2 + 0.5);
    expect(unread[2]).toEqual(Float64Array.of(1 - 4, 5 + 12));
  });
});

it('a program of many inequalities is made', () => {
  const G: SparseMatrix = {
    ...{ format: 'csr', rows: 200_000, columns: 1 },
    offsets: Int32Array.from({ length: 200_001 }, (_, i) => i),
    indices: new Int32Array(200_000),
    values: new Float64Array(200_000).fill(1),
  };
  const { bounds, m } = quadraticProgram({ Q: [[1]], A: [[1]], b: [0], G, atMost: 1 });
  expect(m).toBe(200_001);
  expect(bounds.constraintsUpper?.[0]).toBe(0);
  expect(bounds.constraintsUpper?.[200_000]).toBe(1);
});

describe('a large model', () => {
  const rows = 2000;
  const modelOf = (A: SparseMatrix) => {
    const model = new Model();
    const x = model.variable(rows);
    model.minimize(add(sumSquares(sub(matvec(A, x), numbers(rows))), sumSquares(x)));
    return model;
  };

  it.runIf(long)('is solved to its optimum, and its functions are there before', async () => {
    const y = numbers(rows);
    const model = modelOf(banded(rows));
    expect(model.compile().objective(new Float64Array(rows))).toBeCloseTo(
      y.reduce((sum, value) => sum + value ** 2, 0),
      8,
    );
    const { status, x } = await minimize(model);
    expect(status).toBe('solved');
    // 4 (2 x - y) + 2 x = 0
    x.forEach((value, i) => {
      expect(value).toBeCloseTo((2 * (y[i] as number)) / 5, 6);
    });
  });

  it.runIf(long)('is left where the solve is aborted, and there for the next one', async () => {
    const controller = new AbortController();
    const model = modelOf(banded(rows));
    const solving = minimize(model, { signal: controller.signal });
    controller.abort();
    expect((await solving).status).toBe('aborted');
    expect((await minimize(model)).status).toBe('solved');
  });

  it.runIf(long)('names an index that does not fit when it is solved', async () => {
    const A = banded(rows);
    A.indices[299] = rows;
    await expect(minimize(modelOf(A))).rejects.toThrow(/indices\[299\] = 2000: expected an integer in \[0, 1999\]/);
  });

  it('reads what is handed over unread as what is read at once', () => {
    const model = new Model();
    const x = model.variable(2);
    const p = model.parameter(2, { value: [3, 4] });
    const f = sumSquares(
      sub(
        matvec(
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
          x,
        ),
        [1, 2, 3],
      ),
    );
    const graph = serialize(add(f, sumSquares(sub(x, p))).node, [sub(x, p).node]);
    const request = { n: 2, parameters: Float64Array.of(3, 4), ...graph };
    const at = { x: Float64Array.of(1, -1), parameters: Float64Array.of(5, 6), multipliers: Float64Array.of(1, 2) };
    const of = (program: ReturnType<ReturnType<typeof addon>['compile']>) =>
      (['objective', 'gradient', 'constraints', 'jacobian', 'hessian'] as const).map((what) =>
        addon().evaluate({ program, what, sigma: 1, ...at }),
      );
    const unread = of(addon().compile({ ...request, unread: true }));
    expect(unread).toEqual(of(addon().compile(request)));
    expect(unread[0]).toBe(4 + 9 + 16 + 16 + 49);
  });
});
