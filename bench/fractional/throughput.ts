// The cost of a coordinate update beside the vector operations it is made of: bench/native/fractional_throughput.cpp.
import { join } from 'node:path';
import type { SparseMatrix } from '../../src/index.js';
import { runProgram } from '../shared/native.js';
import { normals, sample, uniforms } from '../shared/random.js';
import { noisyImage, writeSparse } from './problems.js';

/** Seconds a visit of one coordinate, and what dot, and axpy where it moved, take on the same columns. */
interface Rate {
  columns: number;
  visit: number;
  /** The part of the visits that moved their coordinate. */
  moved: number;
  expected: number;
}

export interface DenseRate extends Rate {
  rows: number;
  bytes: number;
  dot: number;
  dotAxpy: number;
  /** Bytes a second: of columns visited, and of reading them all as one vector. */
  bandwidth: number;
  readBandwidth: number;
}

export interface IcaRate extends Rate {
  icaRows: number;
  bytes: number;
}

export interface SparseRate extends Rate {
  sparseRows: number;
  sweep: number;
  nonzeros: number;
  perNonzero: number;
  expectedPerNonzero: number;
}

export interface Throughput {
  dense: DenseRate[];
  ica: IcaRate[];
  sparse: SparseRate[];
}

export function measureThroughput(data: SparseMatrix | undefined, folder: string, quick: boolean): Throughput {
  const args: (string | number)[] = [quick ? 1 : 0];
  if (data) {
    const path = join(folder, 'sparse');
    writeSparse(path, data, noisyImage(data, sample(data.columns, 100, uniforms(3)), normals(3)));
    args.push(path);
  }
  const lines = runProgram<object>('fractional_throughput', args);
  const having = <T>(member: string) => lines.filter((line) => member in line) as T[];
  return { dense: having('rows'), ica: having('icaRows'), sparse: having('sparseRows') };
}
