// The six problems with known optima: three data sets, each with two weights of the regulariser.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Matrix, matrix } from '../../src/index.js';
import { root } from '../shared/native.js';

export interface Problem {
  name: string;
  perRow: number;
  x: Matrix;
  y: Float64Array;
  /** d x P */
  gates: Matrix;
  /** perRow times the rows. */
  lambda: number;
  optimum: number;
  /** rho of the naive prototype: the best of a coarse grid. */
  prototypeRho: number;
}

/** The best of a coarse grid (1, 3, 10, ... 300), found by trying all. */
const prototypeRho: Record<string, number> = {
  'bc 0.01': 300,
  'bc 0.001': 30,
  'synth 0.01': 30,
  'synth 0.001': 10,
  'digits 0.01': 100,
  'digits 0.001': 30,
};

/** The problems, or none where their folder is absent. */
export function readProblems(): Problem[] {
  const folder = process.env.NONCONVEX_PROBLEMS ?? join(root, '..', 'shared', 'problems');
  const path = (file: string) => join(folder, 'relu', file);
  if (!existsSync(path('reference.json'))) return [];
  const reference = JSON.parse(readFileSync(path('reference.json'), 'utf8')) as {
    optimum: Record<string, Record<string, number>>;
  };
  return ['synth', 'bc', 'digits'].flatMap((name) => {
    const data = readCsv(path(`${name}.csv.gz`));
    const gates = readCsv(path(`${name}-gates.csv.gz`));
    const d = data.columns - 1;
    const x = matrix(data.rows, d, new Float64Array(data.rows * d));
    const y = new Float64Array(data.rows);
    for (let i = 0; i < data.rows; ++i) {
      x.data.set(data.data.subarray(i * data.columns, i * data.columns + d), i * d);
      y[i] = data.data[i * data.columns + d] as number;
    }
    return Object.entries(reference.optimum[name] ?? {})
      .sort()
      .reverse()
      .map(([perRow, optimum]) => ({
        name: `${name} ${perRow}`,
        perRow: Number(perRow),
        x,
        y,
        gates,
        lambda: Number(perRow) * data.rows,
        optimum,
        prototypeRho: prototypeRho[`${name} ${perRow}`] ?? 30,
      }));
  });
}

function readCsv(path: string): Matrix {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  return matrix(rows.length, rows[0]?.length ?? 0, rows.flat());
}

/** Writes what the C++ programs read; bench/native/bench.hpp says how. */
export function writeProblem(path: string, { x, y, gates, lambda }: Problem): void {
  const sizes = Buffer.from(Int32Array.of(x.rows, x.columns, gates.columns).buffer);
  const numbers = Float64Array.of(lambda, ...x.data, ...y, ...gates.data);
  writeFileSync(path, Buffer.concat([sizes, Buffer.from(numbers.buffer)]));
}
