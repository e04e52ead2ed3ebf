// Random ratios.
import type { Trial } from '../contract/problem.js';
import { judgedRatio, problemOf } from './judged.js';
import { roughClaims } from './roughClaims.js';
import { Draw } from './values.js';

export const claims = roughClaims;

export const trial: Trial = async (seed) => {
  const draw = new Draw(seed + 1);
  for (let k = 0; k < 5; ++k) draw.uniform();
  return judgedRatio(problemOf(draw, Math.floor(1000 * draw.uniform())), seed);
};
