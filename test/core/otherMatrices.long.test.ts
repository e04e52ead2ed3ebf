// Matrices of ml-matrix, ndarray and Apache Arrow themselves.
import { expect, it } from 'vitest';
import { checkVector } from '../../src/core/check.js';
import { toMatrix } from '../../src/core/matrix.js';
import { score, trainReluNetwork } from '../../src/relu/index.js';
import { sparseRegression } from '../../src/sparse/index.js';

/** The exports of a package whose types are not wanted. */
const load = async (name: string): Promise<never> => {
  const { default: main, ...named } = await import(name);
  return { ...named, ...main, default: main } as never;
};

const numbers = [1, 2, 3, 4, 5, 6];

it('ml-matrix, and views of its matrices', async () => {
  const { Matrix, MatrixTransposeView } = (await load('ml-matrix')) as {
    Matrix: new (rows: number[][]) => object;
    MatrixTransposeView: new (of: object) => object;
  };
  const made = new Matrix([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(toMatrix('x', made)).toEqual({ rows: 2, columns: 3, data: Float64Array.from(numbers) });
  expect(toMatrix('x', new MatrixTransposeView(made)).data).toEqual(Float64Array.of(1, 4, 2, 5, 3, 6));
});

it('ndarray, and its views', async () => {
  const { default: ndarray } = (await load('ndarray')) as {
    default: (
      data: Float64Array,
      shape: number[],
    ) => { transpose(a: number, b: number): object; step(a: number, b: number): object };
  };
  const made = ndarray(Float64Array.from(numbers), [2, 3]);
  expect(toMatrix('x', made)).toEqual({ rows: 2, columns: 3, data: Float64Array.from(numbers) });
  expect(toMatrix('x', made.transpose(1, 0)).data).toEqual(Float64Array.of(1, 4, 2, 5, 3, 6));
  expect(toMatrix('x', made.step(1, -1)).data).toEqual(Float64Array.of(3, 2, 1, 6, 5, 4));
});

it('vectors of Arrow as responses: numbers, integers of 64 bits, texts and dictionaries', async () => {
  const { vectorFromArray, Int64, Utf8, makeVector } = (await load('apache-arrow')) as {
    vectorFromArray: (values: unknown[], type?: object) => never;
    makeVector: (values: Float64Array) => never;
    Int64: new () => object;
    Utf8: new () => object;
  };
  const x = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
  const y = Float64Array.from(x, ([a = 0]) => 3 * a + 1);
  const { coefficients } = await sparseRegression({ x, y }, { lambda: 0.01 });
  expect((await sparseRegression({ x, y: makeVector(y) }, { lambda: 0.01 })).coefficients).toEqual(coefficients);
  const integers = vectorFromArray(
    x.map((_, i) => BigInt(i % 3)),
    new Int64(),
  );
  expect(Array.from(checkVector('y', integers))).toEqual(x.map((_, i) => i % 3));
  const labels = x.map(([a = 0]) => (a > 0 ? 'up' : 'down'));
  for (const type of [new Utf8(), undefined]) {
    const result = await trainReluNetwork({ x, y: vectorFromArray(labels, type) }, { loss: 'logistic', lambda: 0.1 });
    expect(result.network.classes).toEqual(['down', 'up']);
    expect(score(result.network, x, vectorFromArray(labels, type))).toBe(score(result.network, x, labels));
  }
});

it('tables of Arrow, of numbers, integers of 64 bits and missing values', async () => {
  const { tableFromArrays, vectorFromArray, Float64 } = (await load('apache-arrow')) as {
    tableFromArrays: (columns: object) => object;
    vectorFromArray: (values: unknown[], type: object) => object;
    Float64: new () => object;
  };
  const table = tableFromArrays({
    a: Float64Array.of(1, 4),
    b: BigInt64Array.of(2n, 5n),
    c: Int32Array.of(3, 6),
    d: vectorFromArray([7, null], new Float64()),
  });
  expect(toMatrix('x', table)).toEqual({ rows: 2, columns: 4, data: Float64Array.of(1, 2, 3, 7, 4, 5, 6, Number.NaN) });
});
