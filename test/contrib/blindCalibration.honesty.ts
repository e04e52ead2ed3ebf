// Random sensors with gains, whose misfit and derivatives are computed by definition.
import { blindCalibration } from '../../src/contrib/index.js';
import { differences, dot, norm, normals, table, uniforms } from '../algebra.js';
import type { Trial } from '../contract/problem.js';

export interface Seen {
  snapshots: { A: number[][]; y: number[] }[];
  signal: number[];
  gains: number[];
}

/** Snapshots of a random signal by sensors with gains of mean 1, in 1 - spread and 1 + spread before that. */
export function seenBy(
  sensors: number,
  unknowns: number,
  count: number,
  spread: number,
  noise: number,
  seed: number,
): Seen {
  const [draw, uniform] = [normals(seed), uniforms(seed + 2)];
  const signal = table(1, unknowns, draw)[0] as number[];
  const drawn = Array.from({ length: sensors }, () => 1 + spread * (2 * uniform() - 1));
  const mean = drawn.reduce((sum, gain) => sum + gain, 0) / sensors;
  const gains = drawn.map((gain) => gain / mean);
  const snapshots = Array.from({ length: count }, () => {
    const A = table(sensors, unknowns, draw);
    return { A, y: A.map((row, i) => (gains[i] as number) * dot(row, signal) + noise * norm(signal) * draw()) };
  });
  return { snapshots, signal, gains };
}

export function misfit(snapshots: Seen['snapshots'], signal: readonly number[], gains: readonly number[]): number {
  const squares = snapshots.flatMap(({ A, y }) =>
    A.map((row, i) => ((gains[i] as number) * dot(row, signal) - (y[i] as number)) ** 2),
  );
  return squares.reduce((sum, value) => sum + value, 0) / 2 / squares.length;
}

export const trial: Trial = async (seed) => {
  const sensors = 6 + (seed % 6);
  const { snapshots } = seenBy(sensors, 2 + (seed % 4), 2 + (seed % 3), 0.4, 0.05, seed);
  const { status, signal, gains, objective = 0 } = await blindCalibration({ snapshots });
  const [found, weights] = [Array.from(signal), Array.from(gains)];
  const wrong: string[] = [];
  const value = misfit(snapshots, found, weights);
  if (Math.abs(value - objective) > 1e-10 * (1 + value)) wrong.push(`objective ${objective}, which is ${value}`);
  const mean = weights.reduce((sum, gain) => sum + gain, 0) / sensors;
  if (Math.abs(mean - 1) > 1e-12) wrong.push(`the mean of the gains is ${mean}`);
  if (status !== 'solved') return { status, wrong };
  const inSignal = norm(differences((xi) => misfit(snapshots, xi, weights), found));
  const inGains = differences((g) => misfit(snapshots, found, g), weights);
  const centre = inGains.reduce((sum, slope) => sum + slope, 0) / sensors;
  const left = norm(inGains.map((slope) => slope - centre));
  if (inSignal > 1e-7 || left > 1e-7) wrong.push(`solved, with derivatives ${inSignal} and ${left}`);
  return { status, wrong };
};
