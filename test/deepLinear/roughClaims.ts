// Linear networks of rough data: in other units, far from zero, repeated, of low rank.
import type { Claim, Trial } from '../contract/problem.js';
import { roughened } from '../contract/rough.js';
import { normals, table, uniforms } from '../problems/relu.js';
import { judgedNetwork } from './judged.js';

const networks: Trial = async (seed) => {
  const [draw, uniform] = [normals(seed), uniforms(seed + 1)];
  const { x } = roughened(table(4 + Math.floor(10 * uniform()), 1 + Math.floor(4 * uniform()), draw), seed, uniform);
  const size = 10 ** Math.round(8 * uniform() - 4);
  const y = table(x.length, 1 + (seed % 2), () => size * draw());
  const parallel = uniform() < 0.5;
  // A share of the least lambda at which the network is 0, by which X^T Y is measured.
  const most = Math.hypot(
    ...(x[0] ?? []).flatMap((_, j) =>
      (y[0] ?? []).map((__, k) => x.reduce((sum, row, i) => sum + (row[j] as number) * (y[i]?.[k] as number), 0)),
    ),
  );
  const lambda = most > 0 ? most * 10 ** (-5 * uniform()) : 1;
  return judgedNetwork(x, y, { parallel, depth: parallel ? 2 + (seed % 3) : 2, lambda }, seed);
};

export const roughClaims: Record<string, Claim> = { 'networks of rough rows': { trial: networks, cases: 2000 } };
