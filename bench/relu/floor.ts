// The least time an iteration can take on this machine, by what it must compute and move.
import { runProgram } from '../shared/native.js';

export interface Shape {
  n: number;
  d: number;
  P: number;
}

export interface Machine {
  shapes: (Shape & { threads: number; forwardRate: number; adjointRate: number; inverseBandwidth: number })[];
  squares: { threads: number; order: number; gemmRate: number }[];
  bandwidths: { threads: number; bytes: number; triadBandwidth: number; readBandwidth: number }[];
}

export function measureMachine(threads: number, shapes: readonly Shape[]): Machine {
  const lines = runProgram<object>('machine', [threads, ...shapes.flatMap(({ n, d, P }) => [n, d, P])]);
  const having = <T>(member: string) => lines.filter((line) => member in line) as T[];
  return {
    shapes: having('forwardRate'),
    squares: having('order'),
    bandwidths: having('triadBandwidth'),
  };
}

export interface Floor {
  flops: number;
  bytes: number;
  setUp: number;
  iteration: number;
}

/**
 * Set-up: X X^T, D D^T, Cholesky and inverse, n^2 (d + P) + n^3 flops, at the rate of square products.
 *
 * Iteration: X times the active columns and X^T times P masked columns, 2 n d (active + P) flops, at the better of the rates
 * measured for these shapes; then one half of the n x n inverse, X and the iterate pass through the cache, at the better
 * bandwidth measured for arrays of that size. Projections, masks and the certificate count nothing.
 */
export function floorOf({ n, d, P }: Shape, active: number, machine: Machine): Floor {
  const square = Math.max(...machine.squares.map(({ gemmRate }) => gemmRate));
  const rates = machine.shapes.filter((entry) => entry.n === n && entry.d === d && entry.P === P);
  const rate = Math.max(...rates.flatMap(({ forwardRate, adjointRate }) => [forwardRate, adjointRate]));
  const flops = 2 * n * d * (active + P);
  const bytes = 4 * n * n + 16 * n * d + 32 * d * P;
  // Measured sizes are powers of about ten: the largest that is not above these bytes.
  const smaller = machine.bandwidths.filter((entry) => entry.bytes <= bytes);
  const candidates = smaller.length > 0 ? smaller : machine.bandwidths;
  const size = smaller.length > 0 ? Math.max(...candidates.map((entry) => entry.bytes)) : candidates[0]?.bytes;
  const bandwidth = Math.max(
    ...candidates
      .filter((entry) => Math.abs(entry.bytes - (size ?? 0)) < 0.1 * (size ?? 0))
      .flatMap(({ triadBandwidth, readBandwidth }) => [triadBandwidth, readBandwidth]),
  );
  return {
    flops,
    bytes,
    setUp: (n * n * (d + P) + n ** 3) / square,
    iteration: flops / rate + bytes / bandwidth,
  };
}
