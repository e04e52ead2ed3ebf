// Matrices of ml-matrix, ndarray and Apache Arrow themselves.
import { expect, it } from 'vitest';
import { toMatrix } from '../../src/core/matrix.js';

/** What a package exports, whose types are not wanted. */
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
