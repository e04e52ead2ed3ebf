// Random networks with all patterns.
import type { Trial } from '../contract/problem.js';
import { type LossName, normals, table, targets } from '../problems/relu.js';
import { judgedNetwork } from './judged.js';
import { roughClaims } from './roughClaims.js';

export const claims = roughClaims;

export const trial: Trial = async (seed) => {
  const draw = normals(seed);
  const loss = (['squared', 'logistic', 'huber', 'hinge'] as const)[seed % 4] as LossName;
  const x = table(10, 2, draw);
  const y = targets(x, 1, loss, draw);
  return judgedNetwork(loss, x, y, 0.05 + Math.abs(draw()), draw);
};
