// Random linear networks.
import type { Trial } from '../contract/problem.js';
import { normals, table } from '../problems/relu.js';
import { judgedNetwork } from './judged.js';
import { roughClaims } from './roughClaims.js';

export const claims = roughClaims;

export const trial: Trial = async (seed) => {
  const draw = normals(seed);
  const [n, d, c] = [8 + (seed % 5), 2 + (seed % 3), 1 + (seed % 2)];
  const x = table(n, d, draw);
  const y = table(n, c, draw);
  const parallel = seed % 2 === 0;
  const settings = { lambda: 0.05 + Math.abs(draw()), parallel, depth: parallel ? 2 + (seed % 3) : 2 };
  return judgedNetwork(x, y, settings, seed);
};
