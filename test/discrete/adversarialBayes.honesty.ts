// Random rows, the answers of which are checked by all sets of rows and by the value of their attack.
import { adversarialBayes } from '../../src/discrete/index.js';
import { normals, table, uniforms } from '../algebra.js';
import type { Trial } from '../contract/problem.js';
import { refuted } from './adversarialBayesJudge.js';

export const trial: Trial = async (seed) => {
  const [draw, uniform] = [normals(seed), uniforms(seed + 1)];
  const n = 6 + (seed % 25);
  const classes = 2 + (seed % 2);
  // Some rows lie on a grid, where distances are the same.
  const x = table(n, 1 + (seed % 4), () => (seed % 3 === 0 ? Math.round(2 * draw()) / 4 : draw()));
  const y = x.map((_, i) => (i < 2 ? i : Math.floor(classes * uniform())));
  const sampleWeight = seed % 5 < 2 ? x.map(() => uniform()) : undefined;
  const norm = seed % 2 === 0 ? 'inf' : 'two';
  const radii = [0, 0.05 + uniform()];
  const order = 2 + (seed % 7 > 2 ? 1 : 0);
  const result = await adversarialBayes({ x, y, sampleWeight }, { norm, radius: radii, order });
  const { status, robustError, bound, curve } = result;
  const wrong = refuted({ x, y, sampleWeight, norm, radius: radii[1] as number }, result, Math.min(order, classes));
  if (status === 'solved' && Math.abs(robustError - bound) > 1e-9) wrong.push(`error ${robustError}, bound ${bound}`);
  if (curve.length !== 2 || (curve[0]?.robustError ?? 1) > robustError + 1e-9) wrong.push('the curve falls');
  return { status, wrong };
};
