// Networks of rough data: in other units, far from zero, repeated, of low rank.
import type { Claim, Trial } from '../contract/problem.js';
import { roughened } from '../contract/rough.js';
import { type LossName, normals, table, targets, uniforms } from '../problems/relu.js';
import { judgedNetwork } from './judged.js';

const networks: Trial = async (seed) => {
  const [draw, uniform] = [normals(seed), uniforms(seed + 1)];
  const loss = (['squared', 'logistic', 'huber', 'hinge'] as const)[Math.floor(4 * uniform())] as LossName;
  const plain = table(4 + Math.floor(6 * uniform()), 1 + Math.floor(3 * uniform()), draw);
  const { x } = roughened(plain, seed, uniform);
  // The penalty is in units of x.
  const size = Math.max(...x.flat().map(Math.abs));
  return judgedNetwork(loss, x, targets(plain, 1, loss, draw), (size || 1) * 10 ** (-3 * uniform()), draw);
};

export const roughClaims: Record<string, Claim> = { 'networks of rough rows': { trial: networks, cases: 2000 } };
