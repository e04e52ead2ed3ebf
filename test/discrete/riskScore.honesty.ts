// Random small problems, all cards of which are looked at by code that shares nothing with the solver.
import { riskScore } from '../../src/discrete/index.js';
import type { Change } from '../algebra.js';
import type { Claim, Trial } from '../contract/problem.js';
import { degenerateRows } from '../contract/rough.js';
import { allCards, lossOf, smallProblem } from './riskScoreJudge.js';

const asItIs: Change = (x) => x;

async function tried(seed: number, changed: Change, limits = {}): ReturnType<Trial> {
  const problem = smallProblem(seed);
  const { data, settings } = problem;
  data.x = changed(data.x, seed);
  const w = data.sampleWeight ?? data.y.map(() => 1);
  const result = await riskScore(data, { ...settings, ...limits });
  const { status, objective = Number.NaN, intercept, scale, points, certificate } = result;
  const wrong: string[] = [];
  const best = allCards(problem)[0]?.objective ?? Number.NaN;
  const { lowerBound = -Infinity } = certificate;
  if (lowerBound > best + 1e-9) wrong.push(`bound ${lowerBound} above ${best}`);
  if (!Number.isFinite(objective)) return { status, wrong };
  const totals = data.x.map((row) => row.reduce((sum, value, j) => sum + value * (points[j] as number), 0));
  const size = Array.from(points).filter((v) => v !== 0).length;
  const found = lossOf(totals, data.y, w, scale, intercept) + settings.price * size;
  if (!(Math.abs(found - objective) <= 1e-11 * (1 + objective)))
    wrong.push(`objective ${objective}, which is ${found}`);
  if (size > settings.maxSize) wrong.push(`${size} features instead of ${settings.maxSize}`);
  if (Array.from(points).some((v) => v !== 0 && !settings.points.includes(v))) wrong.push(`points ${points}`);
  if (status === 'solved' && !(objective <= best + 1.01e-8)) wrong.push(`objective ${objective} above ${best}`);
  return { status, wrong };
}

export const trial: Trial = (seed) => tried(seed, asItIs);

export const claims: Record<string, Claim> = {
  ...degenerateRows(tried),
  'cut short': { trial: (seed) => tried(seed, asItIs, { maxNodes: 1, tolerance: 0 }), cases: 200 },
};
