// Large arrays: what an aborted solve does not copy, and what is looked at in pieces or beside the thread rather than where a function is called.
import { describe, expect, it } from 'vitest';
import { type Addon, addon, type Solvers } from '../../src/core/addon.js';
import { answersNothing, withArrayCopies } from '../../src/core/arrayCopies.js';
import { sliceInPieces } from '../../src/core/matrix.js';
import {
  type FractionalResult,
  fractional,
  type Matrix,
  matrix,
  nlp,
  relu,
  type SparseMatrix,
  sparse,
} from '../../src/index.js';
import { numbers } from '../contract/problem.js';
import { long } from '../long.js';

/** Rows of one entry each in column i mod columns. */
function stripes(rows: number, columns: number, values = numbers(rows)): SparseMatrix {
  return {
    format: 'csr',
    rows,
    columns,
    offsets: Int32Array.from({ length: rows + 1 }, (_, i) => i),
    indices: Int32Array.from({ length: rows }, (_, i) => i % columns),
    values,
  };
}

const rows = 1_100_000; // 8.8 MB a column: copied in pieces
/** Cases of which npm test has the first. */
const some = <T>(cases: T[]): T[] => (long ? cases : cases.slice(0, 1));
const y = numbers(rows);
const dense = matrix(rows, 1, numbers(rows));
const wide = stripes(rows, 3);
const classes = Array.from({ length: rows }, (_, i) => i % 2);

/** Aborts a solve when the call has returned. */
async function abortedAtOnce<T>(solve: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const solving = solve(controller.signal);
  controller.abort();
  return solving;
}

const ratioOf = (A: Matrix | SparseMatrix) => ({
  numerator: [fractional.leastSquares(A, y), fractional.l1(0.1)],
  denominator: fractional.norm1(),
});

describe('a solve that is aborted while its data are copied', () => {
  it('copies no more of them, but what else the problem has', async () => {
    const real: Addon = addon();
    const asked: string[] = [];
    const solvers: Solvers = {
      ...real,
      copyPiece(request) {
        asked.push(request.name);
        return real.copyPiece(request);
      },
      leaveCopy(request) {
        asked.push('leave');
        real.leaveCopy(request);
      },
    };
    const left = abortedAtOnce((signal) =>
      Promise.resolve(withArrayCopies(solvers, { x: dense, y: { data: y } }, (_, given) => given, signal)),
    );
    expect(await left).toBe(true);
    expect(asked.filter((each) => each !== 'y.data')).toEqual(['leave']);
    expect(asked).toContain('y.data');
    asked.length = 0;
    const allLeft = abortedAtOnce((signal) =>
      Promise.resolve(
        withArrayCopies(solvers, { [answersNothing]: true, x: dense, y: { data: y } }, (_, given) => given, signal),
      ),
    );
    expect(await allLeft).toBe(true);
    expect(asked).toEqual(['leave', 'leave']);
  });

  it.each(
    some<[string, (signal: AbortSignal) => Promise<FractionalResult | nlp.NlpResult>]>([
      ['a ratio', (signal: AbortSignal) => fractional.minimizeRatio(ratioOf(dense), { signal })],
      ['a sparse ratio', (signal: AbortSignal) => fractional.minimizeRatio(ratioOf(wide), { signal })],
      [
        'a regression',
        (signal: AbortSignal) => nlp.minimize(nlp.logisticRegression({ x: dense, y: classes }), { signal }),
      ],
      [
        'a sparse regression',
        (signal: AbortSignal) => nlp.minimize(nlp.logisticRegression({ x: wide, y: classes }), { signal }),
      ],
    ]),
  )('%s: its answer is a finite point of which nothing is claimed', async (_, solve) => {
    const result = await abortedAtOnce(solve);
    expect(result).toMatchObject({ status: 'aborted', iterations: 0, objective: Number.NaN });
    expect(result.x.length).toBeGreaterThan(0);
    expect(result.x.every(Number.isFinite)).toBe(true);
    expect(result).not.toHaveProperty('lowerBound');
    expect('residual' in result ? result.residual : Number.NaN).toBeNaN();
  });

  it.runIf(long)('a path and a network are those of an aborted solve', async () => {
    const path = await abortedAtOnce((signal) => sparse.sparsePath({ x: wide, y }, { signal }));
    expect(path).toMatchObject({ status: 'aborted' });
    const network = await abortedAtOnce((signal) => relu.trainReluNetwork({ x: dense, y }, { lambda: 1, signal }));
    // The objective of the network without neurons: the targets are read.
    const objective = y.reduce((sum, value) => sum + value ** 2, 0) / 2;
    expect(network.status).toBe('aborted');
    expect(network.objective).toBeCloseTo(objective, 6 - Math.ceil(Math.log10(objective)));
  });

  it.runIf(long)('a later solve of the same problem has its data', async () => {
    const problem = nlp.generalizedLinearModel({ loss: 'squared', x: wide, y });
    expect(await abortedAtOnce((signal) => nlp.minimize(problem, { signal }))).toMatchObject({ status: 'aborted' });
    const sums = [0, 1, 2].map((j) => {
      let [xy, xx] = [0, 0];
      for (let i = j; i < rows; i += 3) {
        xy += (wide.values[i] as number) * (y[i] as number);
        xx += (wide.values[i] as number) ** 2;
      }
      return xy / xx;
    });
    const { status, x } = await nlp.minimize(problem);
    expect(status).toBe('solved');
    x.forEach((value, j) => {
      expect(value).toBeCloseTo(sums[j] as number, 8);
    });
  });
});

describe('large matrices are looked at by the solve', () => {
  const broken = matrix(rows, 1, dense.data.slice());
  broken.data[7] = Number.NaN;

  it.runIf(long)('numbers that are not finite are named', async () => {
    await expect(fractional.minimizeRatio(ratioOf(broken))).rejects.toThrow(
      /^numerator\[0\]\.A\[7, 0\] = NaN: expected a finite number/,
    );
    const regression = nlp.logisticRegression({ x: broken, y: classes });
    await expect(nlp.minimize(regression)).rejects.toThrow(/^x\[7\]\[0\] = NaN: expected a finite number/);
    await expect(nlp.minimize(regression)).rejects.toThrow(RangeError);
  });

  // Copied in pieces, and in one.
  it.each(long ? [rows, 600_000] : [600_000])('of %i indices those that do not fit are named', async (count) => {
    const given = stripes(count, 3);
    given.indices[count - 2] = 3;
    const b = numbers(count);
    const term = fractional.leastSquares(given, b);
    await expect(
      fractional.minimizeRatio({ numerator: [fractional.l1(1), term], denominator: fractional.norm1() }),
    ).rejects.toThrow(
      new RegExp(`^numerator\\[1\\]\\.A\\.indices\\[${count - 2}\\] = 3: expected an integer in \\[0, 2\\]`),
    );
    await expect(sparse.sparsePath({ x: given, y: b })).rejects.toThrow(/^x\.indices\[\d+\] = 3/);
    const regression = nlp.generalizedLinearModel({ loss: 'squared', x: given, y: b });
    await expect(nlp.minimize(regression)).rejects.toThrow(/^x\.indices\[\d+\] = 3/);
    expect(() => regression.objective([0, 0, 0])).toThrow(/x\.indices\[\d+\] = 3/);
  });

  it('sizes are checked at once', () => {
    const given = stripes(600_000, 3);
    const fits = (change: Partial<SparseMatrix>) => () =>
      fractional.leastSquares({ ...given, ...change }, numbers(600_000));
    expect(fits({ offsets: given.offsets.subarray(1) })).toThrow(/^A\.offsets: expected 600001 numbers/);
    expect(fits({ indices: given.indices.subarray(1) })).toThrow(/^A\.indices: expected 600000 numbers/);
    expect(fits({ offsets: given.offsets.map((at) => at + 1) })).toThrow(
      /^A\.offsets: expected to go from 0 to 600000/,
    );
  });
});

describe('sliceInPieces', () => {
  it('copies at once what is small, and refuses what loses its memory', async () => {
    const small = Float32Array.of(1, 2);
    const copying = sliceInPieces('x', small);
    small.fill(0);
    expect(await copying).toEqual(Float32Array.of(1, 2));
    const large = new Float64Array(30_000_000);
    const losing = sliceInPieces('x', large);
    structuredClone(large.buffer, { transfer: [large.buffer] });
    await expect(losing).rejects.toThrow(/^x: expected an array that is not transferred/);
  });
});
