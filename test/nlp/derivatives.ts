// Values and derivatives of a program against those of a .nl file that is read and differentiated without the package.
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SparseMatrix } from '../../src/index.js';
import { type Program, writeNl } from '../../src/nlp/index.js';
import type { NlFile } from '../problems/nl.js';
import { nlFile } from '../problems/nlFolder.js';
import type { Problem } from '../problems/nlp.js';
import { normals } from '../problems/relu.js';

/** Problems whose comparison takes seconds: left to `npm run test:long`. */
export const large = new Set(['ba-l1sp', 'integreq', 'mancinone']);

/** Problems among those that take half a minute and more: left to `npm run test:all`. */
export const largest = new Set(['ba-l1sp', 'integreq']);

const draws = normals(5);
const near = (start: Float64Array) => start.map((value) => value + 0.1 * draws() * Math.max(1, Math.abs(value)));

function dense({ format, rows, columns, offsets, indices, values }: SparseMatrix, symmetric: boolean): Float64Array {
  const to = new Float64Array(rows * columns);
  for (let outer = 0; outer + 1 < offsets.length; ++outer) {
    for (let k = offsets[outer] as number; k < (offsets[outer + 1] as number); ++k) {
      const [i, j] = format === 'csr' ? [outer, indices[k] as number] : [indices[k] as number, outer];
      (to[i * columns + j] as number) += values[k] as number;
      if (symmetric && i !== j) (to[j * columns + i] as number) += values[k] as number;
    }
  }
  return to;
}

/** The largest difference by the largest number, or by 1. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [apart, size] = [0, 1];
  for (let i = 0; i < a.length; ++i) {
    apart = Math.max(apart, Math.abs((a[i] as number) - (b[i] as number)));
    size = Math.max(size, Math.abs(b[i] as number));
  }
  return a.length === b.length ? apart / size : Number.POSITIVE_INFINITY;
}

/** A random point near the start, nearer where the functions are not defined. */
function pointOf(program: Program): Float64Array {
  const point = near(program.start);
  for (let tries = 0; tries < 20 && !Number.isFinite(program.objective(point)); ++tries) {
    for (let j = 0; j < point.length; ++j) point[j] = ((point[j] as number) + (program.start[j] as number)) / 2;
  }
  return point;
}

/** Compares at five random points; variable j of the program is order[j] of the file. */
export function compareWithFile(program: Program, file: NlFile, order?: readonly number[]): void {
  expect([program.n, program.m]).toEqual([file.n, file.m]);
  const at = (j: number) => order?.[j] ?? j;
  const back = Int32Array.from({ length: file.n });
  for (let j = 0; j < file.n; ++j) back[at(j)] = j;
  const columns = ({ data, rows }: { data: ArrayLike<number>; rows: number }) =>
    Float64Array.from(
      { length: rows * file.n },
      (_, k) => data[Math.floor(k / file.n) * file.n + at(k % file.n)] as number,
    );
  for (let point = 0; point < 5; ++point) {
    const x = pointOf(program);
    const y = x.map((_, i) => x[back[i] as number] as number);
    const lambda = Float64Array.from({ length: file.m }, draws);
    const sigma = point === 0 ? 1 : draws();
    const H = columns(file.hessian(y, lambda, sigma));
    const permuted = H.map((_, k) => H[at(Math.floor(k / file.n)) * file.n + (k % file.n)] as number);
    expect(difference([program.objective(x)], [file.value(y)])).toBeLessThan(1e-10);
    expect(difference(program.constraints(x), file.constraintValues(y))).toBeLessThan(1e-10);
    const gradient = file.gradient(y);
    expect(
      difference(
        program.gradient(x),
        gradient.map((_, j) => gradient[at(j)] as number),
      ),
    ).toBeLessThan(1e-10);
    expect(difference(dense(program.jacobian(x), false), columns(file.jacobian(y)))).toBeLessThan(1e-10);
    expect(difference(dense(program.hessian(x, lambda, sigma), true), permuted)).toBeLessThan(1e-10);
  }
}

/** Compares a problem with what writeNl writes of it, in this folder. */
export async function compareWithWritten({ build, name }: Problem, folder: string): Promise<void> {
  const path = join(folder, `${name}.nl`);
  const program = build().compile();
  await writeNl(program, path);
  const file = nlFile(path);
  compareWithFile(program, file);
  expect(file.start).toEqual(program.start);
}
