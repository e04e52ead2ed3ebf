// Random small networks, whose smallest margins are sought by code that shares nothing with the solver: at many random points of the ball no
// margin is below the claimed bound, and the worst input of each row is admissible and has the margin that is claimed.
import { certifyNetwork } from '../../src/discrete/index.js';
import { normals, table } from '../algebra.js';
import type { Trial } from '../contract/problem.js';

export const trial: Trial = async (seed) => {
  const draw = normals(seed);
  const [d, m, c] = [1 + (seed % 5), 2 + (seed % 9), 2 + (seed % 3)];
  const deep = seed % 4 === 3;
  const [W1, V, W2] = [table(d, m, draw), table(m, m, draw), table(m, c, draw)];
  const b = Array.from({ length: m }, () => draw());
  const layers = [{ weights: W1, biases: b }, ...(deep ? [{ weights: V, biases: b }] : []), { weights: W2 }];
  const norm = seed % 2 === 0 ? 'inf' : 'two';
  const radius = [0.05, 0.3, 1][seed % 3] as number;
  const methods = ['branchAndBound', 'branchAndBound', 'dual', 'lowRankSdp', 'interval'] as const;
  const method = methods[seed % 5] as (typeof methods)[number];
  const x = table(3, d, draw);
  const y = [0, 1, c - 1];
  const product = (a: readonly number[], W: readonly number[][], shift?: readonly number[]) =>
    (W[0] as number[]).map((_, k) => a.reduce((sum, each, i) => sum + each * (W[i]?.[k] as number), shift?.[k] ?? 0));
  const relu = (z: readonly number[]) => z.map((each) => Math.max(0, each));
  const margin = (at: readonly number[], right: number): number => {
    const first = relu(product(at, W1, b));
    const f = product(deep ? relu(product(first, V, b)) : first, W2);
    return (f[right] as number) - Math.max(...f.filter((_, k) => k !== right));
  };
  const settings = { norm, radius, method, goal: 'margin', maxNodes: deep ? 50 : 10_000 } as const;
  const { status, rows } = await certifyNetwork({ network: { layers }, x, y }, settings);
  const wrong: string[] = [];
  for (const [i, row] of rows.entries()) {
    const [from, right] = [x[i] as number[], y[i] as number];
    const worst = Array.from(row.x);
    const moved = worst.map((each, k) => each - (from[k] as number));
    const size = norm === 'inf' ? Math.max(...moved.map(Math.abs)) : Math.hypot(...moved);
    if (size > radius * (1 + 1e-12) + 1e-12) wrong.push(`row ${i}: moved by ${size} > ${radius}`);
    const there = margin(worst, right);
    if (Math.abs(there - row.margin) > 1e-9 * (1 + Math.abs(there)))
      wrong.push(`row ${i}: margin ${row.margin}, which is ${there}`);
    if (row.verdict === 'attacked' && !(there < 0)) wrong.push(`row ${i}: attacked, with margin ${there}`);
    for (let k = 0; k < 400; ++k) {
      const step = Array.from({ length: d }, () => draw());
      const length = norm === 'inf' ? Math.max(...step.map(Math.abs)) : Math.hypot(...step);
      const share = k % 2 === 0 ? 1 : Math.abs(Math.sin(k));
      const near = from.map((each, j) => each + (share * radius * (step[j] as number)) / length);
      const found = margin(near, right);
      if (found < row.bound - 1e-9) wrong.push(`row ${i}: bound ${row.bound}, beside ${found}`);
      if (row.verdict === 'robust' && found < 0) wrong.push(`row ${i}: robust, beside ${found}`);
    }
    if (status === 'solved' && row.margin - row.bound > 1e-5)
      wrong.push(`row ${i}: solved, gap ${row.margin - row.bound}`);
  }
  return {
    status: status === 'solved' ? status : rows.every(({ bound }) => bound > -Infinity) ? 'bounded' : status,
    wrong,
  };
};
