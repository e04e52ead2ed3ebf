// Constrained logistic regression on LIBSVM's data sets: 10 random linear equations and ||x||^2 = 1.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LibsvmData, readLibsvm } from '../../src/index.js';
import { logisticRegression, type RegressionProgram } from '../../src/nlp/index.js';
import { root } from '../shared/native.js';
import { normals } from '../shared/random.js';

export const dataSets = ['mushrooms', 'phishing', 'a9a'] as const;

export interface DataSet extends LibsvmData {
  name: string;
  B: Float64Array[];
  d: Float64Array;
}

/** Undefined where the file is not there. */
export async function readDataSet(name: string): Promise<DataSet | undefined> {
  const folder = process.env.NONCONVEX_DATA ?? join(root, '..', 'shared', 'data');
  const path = join(folder, `${name}.libsvm.gz`);
  if (!existsSync(path)) return undefined;
  const { x, y } = await readLibsvm(path);
  const normal = normals(name.length);
  const B = Array.from({ length: 10 }, () => Float64Array.from({ length: x.columns }, normal));
  return { name, x, y, B, d: Float64Array.from({ length: 10 }, normal) };
}

export const problemOf = ({ x, y, B, d }: DataSet): RegressionProgram =>
  logisticRegression({ x, y, A: B, b: d, squaredNorm: 1, start: new Float64Array(x.columns).fill(1) });

/** Writes what `regression:PATH` of bench/native/family_models.hpp reads. */
export function writeDataSet({ x, y, B, d }: DataSet, path: string): void {
  const largest = y.reduce((a, b) => Math.max(a, b));
  const integers = [x.rows, x.columns, x.values.length, B.length, ...x.offsets, ...x.indices];
  if (integers.length % 2 !== 0) integers.push(0);
  const doubles = [x.values, y.map((label) => Number(label === largest)), ...B, d];
  writeFileSync(
    path,
    Buffer.concat(
      [Int32Array.from(integers), ...doubles].map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)),
    ),
  );
}
